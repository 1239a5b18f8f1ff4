import { span } from '@/parts/time';
import { many, whole } from '@/parts/words';
import type { Metric } from '@/wire/types';

/** Fewer is better for times, misses and false alarms; more is better for the rest. */
export const fewerIsBetter = (m: Metric) =>
  m.unit === 'ms' || /^(ttd|tte|ttc|ttr|gap)|false|oldest|reduction\.(signals|cases)/i.test(m.key);

/** Whether a move is good or bad at all: how much is in work, or how much was harmless, is neither. */
const judged = (m: Metric) => !/^flow\.wip|benign|\.true$/i.test(m.key);

/** A value with as many digits as it can bear. */
export const figure = (v: number) =>
  (Math.abs(v) >= 100 ? v.toFixed(0) : Math.abs(v) >= 1 ? v.toFixed(1) : v.toFixed(2)).replace(/\.0+$/, '');

/** A value in the unit that people read: durations in words, shares in per cent. */
export function valueText(unit: string, v: number): string {
  if (unit === 'ms') return span(v);
  if (unit === 'share') return `${figure(v * 100)} %`;
  return `${figure(v)} ${unit}`;
}

export function deltaText(unit: string, v: number): string {
  const size = Math.abs(v);
  return unit === 'share' ? `${figure(size * 100)} points` : valueText(unit, size);
}

/** What is counted, for the line that says how many. */
export const countText = (n: number, d: number, unit = '') =>
  unit === 'per day' ? `${whole(n)} in ${many(d, 'day')}` : `${whole(n)} of ${whole(d)}`;

export type Turn = 'better' | 'worse' | 'same' | 'moved' | 'unknown';

export function turnOf(m: Metric): Turn {
  const delta = m.delta ?? undefined;
  if (delta === undefined || m.smallN) return 'unknown';
  if (delta === 0) return 'same';
  if (!judged(m)) return 'moved';
  return delta < 0 === fewerIsBetter(m) ? 'better' : 'worse';
}

/** What the absence of anything to count means, for each measure. */
export function nothingText(m: Metric): string {
  if (m.key === 'tte') return 'no case was taken up in this time';
  if (/^reduction/.test(m.key)) return 'nothing came in during this time';
  if (/^flow\.throughput/.test(m.key)) return 'no case was closed in this time';
  if (/^flow/.test(m.key)) return 'no case is open';
  return 'nothing decided yet in this time';
}

export interface Family {
  key: string;
  title: string;
  about: string;
  metrics: Metric[];
}

const families: [RegExp, string, string][] = [
  [/^tt/, 'Times', 'from the first event to the end of the case'],
  [/^verdict\./, 'Verdicts', 'what the closed cases turned out to be'],
  [/^(reduction|flow)\./, 'Flow', 'how much comes in, and how much is done'],
  [/^gap/, 'Gaps', 'which controls failed'],
];

/** The measures in families; those of single rules are left to their own table. */
export function familiesOf(metrics: Metric[]): Family[] {
  const rest = metrics.filter((m) => !isRule(m));
  const known = families.map(([of, title, about]) => ({ key: title, title, about, metrics: rest.filter((m) => of.test(m.key)) }));
  const other = rest.filter((m) => !families.some(([of]) => of.test(m.key)));
  return [...known, { key: 'other', title: 'Further', about: '', metrics: other }].filter((f) => f.metrics.length > 0);
}

const isRule = (m: Metric) => m.key.startsWith('rule.');

export interface RuleLine {
  ruleId: string;
  title: string;
  of: Partial<Record<'precision' | 'true' | 'benign' | 'false', Metric>>;
}

export function ruleLines(metrics: Metric[]): RuleLine[] {
  const lines = new Map<string, RuleLine>();
  for (const m of metrics.filter(isRule)) {
    const [, ruleId = '', kind = ''] = /^rule\.(.+)\.(\w+)$/.exec(m.key) ?? [];
    const line = lines.get(ruleId) ?? { ruleId, title: /of '(.*)'$/.exec(m.title)?.[1] ?? ruleId, of: {} };
    line.of[kind as keyof RuleLine['of']] = m;
    lines.set(ruleId, line);
  }
  return [...lines.values()];
}

export interface Change {
  text: string;
  factSeq?: number | null;
}

/** Changes that fit in time only. They fit every measure alike, so they are told once. */
export function sharedChanges(metrics: Metric[]): Change[] {
  const seen = new Map<string, Change>();
  for (const m of metrics) for (const c of m.causes) if (isShared(c.text)) seen.set(c.text, { text: plain(c.text), factSeq: c.factSeq });
  return [...seen.values()];
}

const opening = /^In the same time(, with a scope too wide for the arithmetic)?: /;
export const isShared = (text: string) => opening.test(text);
const plain = (text: string) => text.replace(opening, '').replace(/\.$/, '');
