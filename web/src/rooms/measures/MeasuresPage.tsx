import { SegmentedControl } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { Boundary } from '@/parts/Boundary';
import { FactLink } from '@/parts/FactLink';
import { Hostile } from '@/parts/Hostile';
import { Panel } from '@/parts/Panel';
import { Answer, EmptyState } from '@/parts/states';
import { useNow } from '@/parts/TimeText';
import { utc } from '@/parts/time';
import { many } from '@/parts/words';
import { useGaps } from '@/wire/getGaps';
import { useMeasures } from '@/wire/getMeasures';
import type { Metric } from '@/wire/types';
import { Gaps } from './Gaps';
import './measures.css';
import { RuleTable } from './RuleTable';
import { Vector } from './Vector';
import { familiesOf, ruleLines, sharedChanges } from './words';

const periods = [
  { value: '1', label: '1 d' },
  { value: '7', label: '7 d' },
  { value: '30', label: '30 d' },
  { value: '90', label: '90 d' },
];

export default function MeasuresPage() {
  const params = useSearch({ from: '/measures' });
  const go = useNavigate();
  const days = Number(periods.find((p) => p.value === params.days)?.value ?? 7);
  // The end moves every ten seconds, not by the render: answers can be kept, and what was just closed soon counts.
  const now = useNow(10_000);
  const { fromMs, toMs } = useMemo(() => ({ fromMs: now - days * 86_400_000, toMs: now }), [now, days]);
  const measures = useMeasures(fromMs, toMs);
  const gaps = useGaps(fromMs, toMs);
  return (
    <div className="page">
      <header className="page-head">
        <h1>Measures</h1>
        <span className="dim">
          {utc(fromMs, false)} to {utc(toMs, false)}, against the {days === 1 ? 'day' : `${days} days`} before
        </span>
        <div className="grow" />
        <SegmentedControl
          value={String(days)}
          onChange={(v) => go({ to: '/measures', search: { days: v } })}
          data={periods}
          aria-label="Period"
        />
      </header>
      <div className="page-body scroll">
        <Answer of={measures} what="the measures">
          {({ metrics }) =>
            metrics.length === 0 ? (
              <EmptyState title="Nothing to measure yet">
                <p>Figures come from facts: cases pulled, closed and judged. Close a case and they begin.</p>
              </EmptyState>
            ) : (
              <Families metrics={metrics} />
            )
          }
        </Answer>
        <div style={{ height: 16 }} />
        <Panel
          title="Gaps by control"
          aside={
            <span className="faint">
              what the closed cases of this period say failed, weighted by the effort it cost; click for the cases
            </span>
          }
        >
          <Answer of={gaps} what="the gaps">
            {({ gaps: list }) => <Gaps list={list} />}
          </Answer>
        </Panel>
      </div>
    </div>
  );
}

function Families({ metrics }: { metrics: Metric[] }) {
  const rules = ruleLines(metrics);
  return (
    <>
      {familiesOf(metrics).map((f) => (
        <section key={f.key} className="family">
          <h2 className="family-head">
            {f.title} <span className="faint">{f.about}</span>
          </h2>
          <div className="vectors">
            {f.metrics.map((m) => (
              <Boundary key={m.key} what={m.title} reset={m}>
                <Vector metric={m} />
              </Boundary>
            ))}
          </div>
        </section>
      ))}
      {rules.length > 0 && (
        <Panel title="By rule" aside={<span className="faint">verdicts on cases that the rule had a part in</span>} flush>
          <RuleTable lines={rules} />
        </Panel>
      )}
      <Changes metrics={metrics} />
    </>
  );
}

/** Changes of ours in this time, told once: they fit all measures alike, and none of them by arithmetic. */
function Changes({ metrics }: { metrics: Metric[] }) {
  const list = sharedChanges(metrics);
  if (list.length === 0) return null;
  return (
    <details className="changes">
      <summary className="dim">{many(list.length, 'change')} of our own in this time, which any of these figures may owe to</summary>
      <ul>
        {list.map((c) => (
          <li key={c.text}>
            <FactLink seq={c.factSeq}>
              <Hostile text={c.text} max={300} />
            </FactLink>
          </li>
        ))}
      </ul>
    </details>
  );
}
