import { SegmentedControl } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { Boundary } from '@/parts/Boundary';
import { Panel } from '@/parts/Panel';
import { Answer, EmptyState } from '@/parts/states';
import { useNow } from '@/parts/TimeText';
import { utcDay } from '@/parts/time';
import { useGaps } from '@/wire/getGaps';
import { useMeasures } from '@/wire/getMeasures';
import { Gaps } from './Gaps';
import './measures.css';
import { Vector } from './Vector';

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
  // The end moves by the minute, not by the render, so that answers can be kept.
  const minute = Math.floor(useNow(60_000) / 60_000) * 60_000;
  const { fromMs, toMs } = useMemo(() => ({ fromMs: minute - days * 86_400_000, toMs: minute }), [minute, days]);
  const measures = useMeasures(fromMs, toMs);
  const gaps = useGaps(fromMs, toMs);
  return (
    <div className="page">
      <header className="page-head">
        <h1>Measures</h1>
        <span className="dim">
          {utcDay(fromMs)} to {utcDay(toMs)} UTC, against the {days === 1 ? 'day' : `${days} days`} before
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
              <div className="vectors">
                {metrics.map((m) => (
                  <Boundary key={m.key} what={m.title} reset={m}>
                    <Vector metric={m} />
                  </Boundary>
                ))}
              </div>
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
