import { describe, expect, it } from 'vitest';
import type { Metric } from '@/wire/types';
import { deltaText, familiesOf, fewerIsBetter, ruleLines, sharedChanges, turnOf, valueText } from './words';

const metric = (part: Partial<Metric>): Metric => ({
  key: 'ttd',
  title: 'Time to detect',
  unit: 'ms',
  n: 6,
  d: 6,
  ciMethod: '',
  period: { fromMs: 0, toMs: 1 },
  previous: { n: 6, d: 6 },
  population: '',
  clock: '',
  coverage: '',
  smallN: false,
  causes: [],
  series: [],
  ...part,
});

describe('words of measures', () => {
  it('reads values in the unit of people', () => {
    expect(valueText('ms', 754_000)).toBe('12 min');
    expect(valueText('share', 0.125)).toBe('12.5 %');
    expect(valueText('share', 0)).toBe('0 %');
    expect(valueText('per day', 3.25)).toBe('3.3 per day');
    expect(deltaText('share', -0.05)).toBe('5 points');
    expect(deltaText('ms', -90_000)).toBe('1 min');
  });

  it('knows which way is better', () => {
    expect(fewerIsBetter(metric({}))).toBe(true);
    expect(fewerIsBetter(metric({ key: 'verdict.precision', unit: 'share' }))).toBe(false);
    expect(fewerIsBetter(metric({ key: 'verdict.false', unit: 'share' }))).toBe(true);
    expect(turnOf(metric({ delta: -5 }))).toBe('better');
    expect(turnOf(metric({ delta: 5 }))).toBe('worse');
    expect(turnOf(metric({ delta: 5, smallN: true }))).toBe('unknown');
    expect(turnOf(metric({ key: 'flow.wip', unit: 'share', delta: 0.1 }))).toBe('moved');
  });

  it('sorts into families, and loses none', () => {
    const all = ['ttd', 'verdict.true', 'reduction.cases', 'flow.wip', 'gap.top', 'new.thing', 'rule.r1.false'].map((key) =>
      metric({ key }),
    );
    expect(familiesOf(all).map((f) => f.title)).toEqual(['Times', 'Verdicts', 'Flow', 'Gaps', 'Further']);
    expect(familiesOf(all).flatMap((f) => f.metrics)).toHaveLength(6);
    expect(ruleLines(all).map((l) => l.ruleId)).toEqual(['r1']);
  });

  it('gathers the four ratios of a rule in one line, whatever its id holds', () => {
    const of = (kind: string) => metric({ key: `rule.a.b-1.${kind}`, title: `Precision of 'It's odd'` });
    const [line] = ruleLines([of('precision'), of('false')]);
    expect(line?.ruleId).toBe('a.b-1');
    expect(line?.title).toBe("It's odd");
    expect(Object.keys(line?.of ?? {})).toEqual(['precision', 'false']);
  });

  it('tells a change that fits all measures once', () => {
    const cause = { text: "In the same time: source 'x' appeared.", factSeq: 7 };
    const wide = { text: 'In the same time, with a scope too wide for the arithmetic: an asset changed.', factSeq: 8 };
    const own = { text: 'Unattributed: 5 points.', effect: 0.05 };
    expect(sharedChanges([metric({ causes: [cause, own] }), metric({ causes: [cause, wide] })])).toEqual([
      { text: "source 'x' appeared", factSeq: 7 },
      { text: 'an asset changed', factSeq: 8 },
    ]);
  });
});
