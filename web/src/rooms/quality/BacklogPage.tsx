import { Link } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import { Chart, type Ink, timeAxis, tooltipBase, valueAxis } from '@/parts/Chart';
import { type Col, DataTable } from '@/parts/DataTable';
import { Hostile } from '@/parts/Hostile';
import { Num } from '@/parts/Num';
import { RuleName } from '@/parts/RuleName';
import { SourceTabs } from '@/parts/SourceTabs';
import { Answer, EmptyState } from '@/parts/states';
import { utc } from '@/parts/time';
import { bytes, many, signed, whole } from '@/parts/words';
import { useBacklog } from '@/wire/getBacklog';
import { useQuality } from '@/wire/getQuality';
import type { BacklogRow, QualityTable } from '@/wire/types';
import './quality.css';

const productOf = (r: BacklogRow) =>
  r.logSource
    .split('/')
    .filter((p) => p && p !== '*')
    .join(' · ') || 'any';

export default function BacklogPage() {
  const backlog = useBacklog();
  const quality = useQuality('dataset', 30);
  const [selected, setSelected] = useState<string | null>(null);
  const cols = useMemo(columns, []);
  return (
    <div className="page">
      <header className="page-head">
        <SourceTabs />
        {backlog.data && (
          <span className="dim">
            {many(backlog.data.rows.length, 'log source')} that rules wait for; {many(backlog.data.techniquesCovered, 'technique')} covered
            today
          </span>
        )}
      </header>
      {quality.data && quality.data.rows[0] && quality.data.rows[0].now.sources > 0 && <Variety table={quality.data} />}
      <div className="grow" style={{ minHeight: 0, display: 'flex', flexDirection: 'column' }}>
        <Answer of={backlog} what="the backlog">
          {(b) => {
            if (b.rows.length === 0)
              return (
                <EmptyState title="No rule lacks its log source">
                  <p>Every rule that is loaded is fed by some source, or no rule is loaded.</p>
                </EmptyState>
              );
            const one = b.rows.find((r) => r.logSource === selected);
            return (
              <>
                <div className="grow" style={{ minHeight: 0 }}>
                  <DataTable
                    rows={b.rows}
                    cols={cols}
                    rowKey={(r) => r.logSource}
                    rowHeight={32}
                    selected={selected}
                    onSelect={(r) => setSelected(r.logSource)}
                    onEscape={() => setSelected(null)}
                    label="Onboarding backlog"
                  />
                </div>
                {one && <Detail row={one} />}
              </>
            );
          }}
        </Answer>
      </div>
    </div>
  );
}

function Detail({ row }: { row: BacklogRow }) {
  return (
    <section className="backlog-detail scroll" aria-label={`What ${productOf(row)} would bring`}>
      <div>
        <b>
          <Hostile text={productOf(row)} max={80} />
        </b>
        <span className="dim">
          {' '}
          {many(row.rules, 'rule')} wait for it; {many(row.gained.length, 'technique')} that nothing covers today:
        </span>{' '}
        <span className="mono dim">{row.gained.join(' ') || 'none'}</span>
      </div>
      <div className="row wrap" style={{ gap: '2px 18px' }}>
        {row.ruleIds.map((id) => (
          <RuleName key={id} ruleId={id} max={70} />
        ))}
        {row.rules > row.ruleIds.length && (
          <Link className="link" to="/rules" search={{ queue: 'all', product: row.logSource.split('/')[0] }}>
            all of its product
          </Link>
        )}
      </div>
    </section>
  );
}

/** Variety over volume: what is covered, beside what it costs, day by day. */
function Variety({ table }: { table: QualityTable }) {
  const all = table.rows[0];
  const series = table.series;
  const draw = useCallback(
    (c: Ink) => ({
      grid: { left: 44, right: 64, top: 12, bottom: 22 },
      xAxis: timeAxis(c),
      yAxis: [
        { ...valueAxis(c), minInterval: 1 },
        { ...valueAxis(c), splitLine: { show: false }, axisLabel: { color: c.faint, fontSize: 11, formatter: (v: number) => bytes(v) } },
      ],
      tooltip: {
        ...tooltipBase(c),
        trigger: 'axis',
        formatter: (p: { seriesName: string; value: [number, number] }[]) =>
          [
            p[0] ? utc(p[0].value[0], false) : '',
            ...p.map((s) => `${s.seriesName}: ${s.seriesName.startsWith('bytes') ? bytes(s.value[1]) : whole(s.value[1])}`),
          ].join('\n'),
      },
      series: [
        {
          name: 'techniques',
          type: 'line',
          symbolSize: 5,
          lineStyle: { color: c.response },
          itemStyle: { color: c.response },
          data: series.map((d) => [d.atMs, d.figures.techniques]),
        },
        {
          name: 'datasets',
          type: 'line',
          symbolSize: 5,
          lineStyle: { color: c.amber },
          itemStyle: { color: c.amber },
          data: series.map((d) => [d.atMs, d.figures.datasets]),
        },
        {
          name: 'bytes a day',
          type: 'bar',
          yAxisIndex: 1,
          barMaxWidth: 18,
          z: 0,
          itemStyle: { color: c.line2 },
          data: series.map((d) => [d.atMs, d.figures.bytesPerDay]),
        },
      ],
    }),
    [series],
  );
  if (!all) return null;
  const n = all.now;
  const b = all.before ?? undefined;
  const vector = (datasets: number, techniques: number, perDay: number) => (datasets * techniques) / Math.max(perDay / 1e9, 0.001);
  const now = vector(n.datasets, n.techniques, n.bytesPerDay);
  const change = b ? now - vector(b.datasets, b.techniques, b.bytesPerDay) : null;
  return (
    <div className="backlog-chart">
      <div className="row wrap" style={{ gap: '2px 18px', alignItems: 'baseline' }}>
        <b>Variety over volume</b>
        <Num means="Distinct datasets times ATT&CK techniques of the rules they feed, for each GB a day (at least a thousandth)">
          <span className="quality-big">{whole(now)}</span>
        </Num>
        {change !== null && Math.abs(change) >= 1 && (
          <span className={change > 0 ? 'down' : 'up'}>
            {signed(change)} since {utc(table.beforeMs ?? 0, false)}
          </span>
        )}
        <span className="dim">
          <Link className="numlink" to="/quality">
            {many(n.datasets, 'dataset')}
          </Link>{' '}
          × {many(n.techniques, 'technique')} ÷ {bytes(n.bytesPerDay)} a day
        </span>
      </div>
      {series.length > 1 && <Chart draw={draw} height={130} label="Datasets, techniques and bytes a day, day by day" />}
    </div>
  );
}

const columns = (): Col<BacklogRow>[] => [
  {
    id: 'source',
    head: 'Log source',
    width: 300,
    grow: true,
    by: (r) => productOf(r),
    cell: (r) => <Hostile text={productOf(r)} max={90} />,
  },
  {
    id: 'gain',
    head: 'Techniques per GB',
    title: 'Techniques that nothing covers today, for each GB a day it may cost',
    width: 140,
    num: true,
    by: (r) => r.gainPerGigabyte,
    // Where nothing came yet, nothing is known of cost, and a thousand techniques per GB would be made up.
    cell: (r) => (r.bytesPerDay > 0 ? whole(r.gainPerGigabyte) : <span className="faint">not known</span>),
  },
  {
    id: 'new',
    head: 'New techniques',
    width: 120,
    num: true,
    by: (r) => r.gained.length,
    cell: (r) => (
      <Num means={r.gained.slice(0, 40).join(' ') || 'none'}>
        {r.gained.length} <span className="faint">of {r.techniques}</span>
      </Num>
    ),
  },
  {
    id: 'rules',
    head: 'Rules waiting',
    width: 110,
    num: true,
    by: (r) => r.rules,
    cell: (r) => (
      <Link
        className="numlink"
        to="/rules"
        search={{ queue: 'all', product: r.logSource.split('/')[0] === '*' ? undefined : r.logSource.split('/')[0] }}
      >
        {r.rules}
      </Link>
    ),
  },
  {
    id: 'cost',
    head: 'May cost a day',
    width: 150,
    num: true,
    by: (r) => r.bytesPerDay,
    cell: (r) => (
      <Num means={r.costKnown ? 'As sources of the same product cost' : 'Not known of this product: the mean of all sources'}>
        {r.bytesPerDay > 0 ? (
          <>
            {bytes(r.bytesPerDay)} <span className="faint">{r.costKnown ? 'as its like' : 'a guess'}</span>
          </>
        ) : (
          <span className="faint">not known</span>
        )}
      </Num>
    ),
  },
];
