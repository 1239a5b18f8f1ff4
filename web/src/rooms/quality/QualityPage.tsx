import { SegmentedControl } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { type Col, DataTable } from '@/parts/DataTable';
import { Hostile } from '@/parts/Hostile';
import { kqlText } from '@/parts/kql';
import { Num } from '@/parts/Num';
import { SourceTabs } from '@/parts/SourceTabs';
import { Answer, EmptyState } from '@/parts/states';
import { utc } from '@/parts/time';
import { bytes, many, short, signed, whole } from '@/parts/words';
import { useKept, useQuality } from '@/wire/getQuality';
import type { KeptTable, QualityFigures, QualityRow, QualityTable } from '@/wire/types';
import { risen, unreadShare } from './change';
import './quality.css';

const ways = { dataset: 'Dataset', group: 'Group', unit: 'Unit' } as const;
type Way = keyof typeof ways;
type Kept = Map<string, KeptTable['rows'][number]>;
type To = Partial<Record<'q' | 'health' | 'group' | 'tag' | 'dataset' | 'owner' | 'unit' | 'has', string>>;

export default function QualityPage() {
  const params = useSearch({ from: '/quality' });
  const go = useNavigate();
  const by: Way = params.by === 'group' || params.by === 'unit' ? params.by : 'dataset';
  const days = [1, 7, 30, 90].includes(Number(params.days)) ? Number(params.days) : 7;
  const table = useQuality(by, days);
  const kept = useKept(by);
  return (
    <div className="page">
      <header className="page-head">
        <SourceTabs />
        {table.data && (
          <span className="dim">
            {table.data.beforeMs
              ? `against ${utc(table.data.beforeMs, false)}`
              : 'no figures from before today yet: changes show from tomorrow on'}
          </span>
        )}
        <div className="grow" />
        <SegmentedControl
          aria-label="Put together by"
          value={by}
          onChange={(v) => go({ to: '/quality', search: { ...params, by: v } })}
          data={Object.entries(ways).map(([value, label]) => ({ value, label: `By ${label.toLowerCase()}` }))}
        />
        <SegmentedControl
          aria-label="Period"
          value={String(days)}
          onChange={(v) => go({ to: '/quality', search: { ...params, days: v } })}
          data={['1', '7', '30', '90'].map((v) => ({ value: v, label: `${v} d` }))}
        />
      </header>
      <Answer of={table} what="the data quality">
        {(t) => {
          const all = t.rows[0];
          if (!all || all.now.sources === 0)
            return (
              <EmptyState title="Nothing came yet">
                <p>
                  Figures come with the first source. <Link to="/sources">Sources</Link> says how one begins; the{' '}
                  <Link to="/backlog">backlog</Link> says which to begin with, by what rules wait for.
                </p>
              </EmptyState>
            );
          return <Board table={t} all={all} by={by} kept={kept.data} failed={kept.isError} />;
        }}
      </Answer>
    </div>
  );
}

interface Shown {
  table: QualityTable;
  all: QualityRow;
  by: Way;
  kept: KeptTable | undefined;
  /** The engine did not say what is kept. */
  failed: boolean;
}

function Board({ table, all, by, kept: told, failed }: Shown) {
  const [selected, setSelected] = useState<string | null>(null);
  const kept = useMemo<Kept>(() => new Map((told?.rows ?? []).map((r) => [r.key, r])), [told]);
  const entire = kept.get('');
  const cols = useMemo(() => columns(by, kept), [by, kept]);
  const n = all.now;
  const b = all.before;
  return (
    <div className="quality">
      <div className="quality-cards">
        <Card title="Coverage" about="Rules in force that some source feeds">
          <Big to={{}} text={many(n.rules, 'rule fed', 'rules fed')} change={risen('rules', n, b)} good="up" />
          <Line text={many(n.techniques, 'technique')} change={risen('techniques', n, b)} good="up" />
          <Line text={`${many(n.datasets, 'dataset')}, ${many(n.sources, 'source')}`} change={risen('sources', n, b)} good="up" />
        </Card>
        <Card title="Quality" about="Records read whole, contracts kept">
          <Big
            to={{ has: 'unread' }}
            text={`${(100 * unreadShare(n, b)).toFixed(2)} % unread`}
            change={b ? 100 * (unreadShare(n, b) - (b.events ? b.failures / b.events : 0)) : null}
            digits={2}
            good="down"
          />
          <Line
            to={{ has: 'broken' }}
            text={`${whole(n.broken)} of ${many(n.contracts, 'contract')} broken`}
            change={risen('broken', n, b)}
            good="down"
          />
          <Line to={{ owner: '(nobody)' }} text={`${whole(n.unowned)} without owner`} change={risen('unowned', n, b)} good="down" />
        </Card>
        <Card title="Continuity" about="Who speaks as usual">
          <Big to={{ health: 'silent' }} text={`${whole(n.silent)} silent`} change={risen('silent', n, b)} good="down" />
          <Line to={{ health: 'ailing' }} text={`${whole(n.ailing)} ailing`} change={risen('ailing', n, b)} good="down" />
          <Line to={{ has: 'young' }} text={`${whole(n.young)} too young to judge`} change={risen('young', n, b)} />
        </Card>
        <Card title="Retention" about="What can still be searched">
          <Big to={{}} text={entire ? `${entire.days} d searchable` : failed ? 'not told' : told ? 'nothing stored' : '…'} change={null} />
          <Line
            text={entire?.promisedDays ? `longest promise ${entire.promisedDays} d` : told ? 'no promise in days' : '…'}
            change={null}
          />
          <Line text={told ? `${entire?.late ?? 0} short of it` : '…'} change={null} />
        </Card>
        <Card title="Cost" about="Bytes received a day, mean of each source’s life">
          <Big
            to={{}}
            text={`${bytes(n.bytesPerDay)} a day`}
            change={b ? (n.bytesPerDay - b.bytesPerDay) / 1e6 : null}
            digits={1}
            unit=" MB"
          />
          <Line text={`${short(n.events)} events`} change={risen('events', n, b)} />
          <Line to={{ has: 'filtered' }} text="filtered by senders" change={null} />
        </Card>
        <Card title="Loss" about="Numbers that senders counted and that never came">
          <Big to={{ has: 'lost' }} text={`${short(n.lost)} lost`} change={risen('lost', n, b)} good="down" />
          <Line text={`${whole(n.counting)} of ${many(n.sources, 'source')} count`} change={risen('counting', n, b)} good="up" />
          <Line text={`${short(n.repeated)} repeats`} change={risen('repeated', n, b)} good="down" />
        </Card>
      </div>
      <div className="grow" style={{ minHeight: 260 }}>
        {table.rows.length === 1 ? (
          <EmptyState title={`No ${ways[by].toLowerCase()} to put sources together by`}>
            <p>{by === 'group' ? 'Make groups by rule on the page of sources.' : 'Name units in the cards of sources.'}</p>
          </EmptyState>
        ) : (
          <DataTable
            rows={table.rows.slice(1)}
            cols={cols}
            rowKey={(r) => r.key}
            rowHeight={32}
            selected={selected}
            onSelect={(r) => setSelected(r.key)}
            sort={{ id: 'cost', desc: true }}
            label={`Data quality by ${by}`}
          />
        )}
      </div>
    </div>
  );
}

function Cell({ to, ill, change, children }: { to: To; ill: boolean; change: number | null; children: React.ReactNode }) {
  return (
    <span className="nowrap">
      <Link className={`numlink${ill ? ' up' : ''}`} to="/sources" search={to}>
        {children}
      </Link>
      {change !== null && change !== 0 && <span className="faint"> {signed(change)}</span>}
    </span>
  );
}

function Card({ title, about, children }: { title: string; about: string; children: React.ReactNode }) {
  return (
    <section className="quality-card" aria-label={title}>
      <h2>
        {title} <span className="faint">{about}</span>
      </h2>
      {children}
    </section>
  );
}

interface Figure {
  to?: To;
  text: string;
  change: number | null;
  digits?: number;
  unit?: string;
  good?: 'up' | 'down';
}

function Change({ change, digits = 0, unit = '', good }: Figure) {
  if (change === null || Math.abs(change) < 0.5 * 10 ** -digits) return null;
  const better = good && (good === 'up' ? change > 0 : change < 0);
  return (
    <span
      className={`nowrap ${!good ? 'faint' : better ? 'down' : 'up'}`}
      title={better === undefined ? undefined : better ? 'better' : 'worse'}
    >
      {' '}
      {signed(change, digits)}
      {unit}
    </span>
  );
}

const Big = (f: Figure) => (
  <div className="quality-big">
    <Link className="numlink" to="/sources" search={f.to ?? {}}>
      {f.text}
    </Link>
    <Change {...f} />
  </div>
);
const Line = (f: Figure) => (
  <div className="dim">
    {f.to ? (
      <Link className="numlink" to="/sources" search={f.to}>
        {f.text}
      </Link>
    ) : (
      f.text
    )}
    <Change {...f} />
  </div>
);

const toPart = (way: Way, key: string): To => (key === '' ? {} : { [way]: key });

function columns(way: Way, keptBy: Kept): Col<QualityRow>[] {
  const to = (key: string) => toPart(way, key);
  const number = (id: keyof QualityFigures, head: string, title: string, more: (key: string) => To, ill = false): Col<QualityRow> => ({
    id,
    head,
    title,
    width: 96,
    num: true,
    by: (r) => r.now[id],
    cell: (r) => (
      <Cell to={more(r.key)} ill={ill && r.now[id] > 0} change={risen(id, r.now, r.before)}>
        {short(r.now[id])}
      </Cell>
    ),
  });
  return [
    {
      id: 'key',
      head: ways[way],
      width: 180,
      grow: true,
      by: (r) => r.key,
      cell: (r) => (
        <Link className="numlink strong" to="/sources" search={to(r.key)}>
          <Hostile text={r.key} max={60} />
        </Link>
      ),
    },
    number('sources', 'Sources', 'Sources that ever sent', to),
    number('rules', 'Rules', 'Coverage: rules in force that they feed', to),
    number('techniques', 'Techniques', 'Coverage: ATT&CK techniques of these rules', to),
    {
      id: 'unread',
      head: 'Unread',
      title: 'Quality: share of the period’s records that were not read whole',
      width: 84,
      num: true,
      by: (r) => unreadShare(r.now, r.before),
      cell: (r) => {
        const share = unreadShare(r.now, r.before);
        return (
          <Num means={`${whole(r.now.failures)} of ${whole(r.now.events)} since they were first seen; click for these events`}>
            <Link
              className={`numlink${share > 0.05 ? ' up' : ''}`}
              to="/search"
              search={{
                q: `Events\n| where ${way === 'dataset' ? `event.dataset == ${kqlText(r.key)} and ` : ''}isnotempty(andon.findings)`,
                last: '7d',
              }}
            >
              {(100 * share).toFixed(share > 0 && share < 0.1 ? 2 : 0)} %
            </Link>
          </Num>
        );
      },
    },
    number('broken', 'Broken', 'Quality: contracts not kept', (k) => ({ ...to(k), has: 'broken' }), true),
    number('unowned', 'Unowned', 'Quality: nobody is named who mends them', (k) => ({ ...to(k), owner: '(nobody)' })),
    number('silent', 'Silent', 'Continuity: silences that are told', (k) => ({ ...to(k), health: 'silent' }), true),
    number('ailing', 'Ailing', 'Continuity: with any alarm', (k) => ({ ...to(k), health: 'ailing' }), true),
    {
      id: 'kept',
      head: 'Kept',
      title: 'Retention: days of the oldest searchable event, beside the days promised',
      width: 100,
      num: true,
      by: (r) => keptBy.get(r.key)?.days ?? 0,
      cell: (r) => {
        const k = keptBy.get(r.key);
        return k ? (
          <span className={k.late > 0 ? 'up' : undefined}>
            {k.days} d{k.promisedDays && <span className="faint"> of {k.promisedDays}</span>}
          </span>
        ) : (
          <span className="faint">–</span>
        );
      },
    },
    {
      id: 'cost',
      head: 'A day',
      title: 'Cost: bytes received a day',
      width: 96,
      num: true,
      by: (r) => r.now.bytesPerDay,
      cell: (r) => (
        <Num
          means={`${bytes(r.now.bytes)} since they were first seen${r.before ? `; ${bytes(Math.max(0, r.now.bytes - r.before.bytes))} in the period` : ''}`}
        >
          <Link className="numlink" to="/sources" search={to(r.key)}>
            {bytes(r.now.bytesPerDay)}
          </Link>
        </Num>
      ),
    },
    number('lost', 'Lost', 'Loss: numbers of senders that never came', (k) => ({ ...to(k), has: 'lost' }), true),
  ];
}
