import { TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { type Col, DataTable } from '@/parts/DataTable';
import { Hostile } from '@/parts/Hostile';
import { Num } from '@/parts/Num';
import { Sparkline } from '@/parts/Sparkline';
import { Answer, EmptyState } from '@/parts/states';
import { TimeText, useNow } from '@/parts/TimeText';
import { bytes, many, short, whole } from '@/parts/words';
import { useSources } from '@/wire/getSources';
import type { Source } from '@/wire/types';
import { Health, healthOf } from './Health';
import './sources.css';

export default function SourcesPage() {
  const sources = useSources();
  const [find, setFind] = useState('');
  const now = useNow(10_000);
  const cols = useMemo(() => columns(now), [now]);
  return (
    <div className="page">
      <header className="page-head">
        <h1>Sources</h1>
        {sources.data && <Totals list={sources.data.sources} />}
        <div className="grow" />
        <TextInput
          aria-label="Find a source"
          placeholder="Name, host, dataset, owner"
          value={find}
          onChange={(e) => setFind(e.currentTarget.value)}
          w={260}
        />
      </header>
      <div className="grow" style={{ minHeight: 0 }}>
        <Answer of={sources} what="the sources">
          {({ sources: all }) => {
            const list = all.filter((s) => `${s.name} ${s.sourceId} ${s.owner} ${s.unit}`.toLowerCase().includes(find.toLowerCase()));
            if (all.length === 0) {
              return (
                <EmptyState title="No source yet">
                  <p>
                    A source appears with its first record; nothing has to be set up here. Point a syslog sender at port 5514, or post JSON
                    lines to /_bulk with an ingest token.
                  </p>
                </EmptyState>
              );
            }
            return (
              <DataTable
                rows={list}
                cols={cols}
                rowKey={(s) => s.sourceId}
                rowHeight={36}
                sort={{ id: 'rate', desc: true }}
                label="Sources"
              />
            );
          }}
        </Answer>
      </div>
    </div>
  );
}

const last = (s: Source) => s.perMinute.slice(-5).reduce((a, b) => a + b, 0) / Math.max(1, Math.min(5, s.perMinute.length));

/** Until someone names it, a source carries its key as its name. */
const named = (s: Source) => s.name !== '' && s.name !== s.sourceId;

const columns = (now: number): Col<Source>[] => [
  { id: 'health', head: 'Health', width: 96, by: (s) => healthOf(s, now).rank, cell: (s) => <Health source={s} now={now} /> },
  {
    id: 'name',
    head: 'Source',
    width: 260,
    grow: true,
    by: (s) => s.name || s.sourceId,
    cell: (s) => (
      <Link className="source-name" to="/sources/$sourceId" params={{ sourceId: s.sourceId }}>
        <span className={named(s) ? 'strong' : undefined}>
          <Hostile text={named(s) ? s.name : `${s.host} · ${s.dataset}`} max={90} />
        </span>
        <span className="mono faint">
          <Hostile text={s.sourceId} />
        </span>
      </Link>
    ),
  },
  {
    id: 'owner',
    head: 'Owner',
    width: 150,
    by: (s) => s.owner,
    cell: (s) =>
      s.owner ? (
        <span>
          {s.owner}
          <span className="faint"> {s.unit}</span>
        </span>
      ) : (
        <span className="up">nobody</span>
      ),
  },
  { id: 'dataset', head: 'Dataset', width: 140, by: (s) => s.dataset, cell: (s) => s.dataset },
  {
    id: 'spark',
    head: 'Last 60 min',
    title: 'Events per minute',
    width: 158,
    cell: (s) => <Sparkline values={s.perMinute} width={138} height={20} label="Events per minute" step="minute" linear />,
  },
  {
    id: 'rate',
    head: 'per min',
    title: 'Mean of the last five minutes',
    width: 82,
    num: true,
    by: last,
    cell: (s) => <Num means="Events per minute, mean of the last five minutes">{whole(last(s))}</Num>,
  },
  {
    id: 'events',
    head: 'Events',
    width: 88,
    num: true,
    by: (s) => s.events,
    cell: (s) => <Num means={`${whole(s.events)} events, ${bytes(s.bytes)} since it was first seen`}>{short(s.events)}</Num>,
  },
  {
    id: 'bad',
    head: 'Unparsed',
    width: 90,
    num: true,
    by: (s) => s.parseFailures,
    cell: (s) =>
      s.parseFailures ? (
        <Num means={`${many(s.parseFailures, 'record')} kept raw, since no parser read it`}>
          <span className="up">{whole(s.parseFailures)}</span>
        </Num>
      ) : (
        <span className="faint">0</span>
      ),
  },
  { id: 'last', head: 'Last seen', width: 116, by: (s) => s.lastMs, cell: (s) => <TimeText ms={s.lastMs} form="ago" /> },
];

function Totals({ list }: { list: Source[] }) {
  const now = useNow();
  const silent = list.filter((s) => healthOf(s, now).word === 'silent').length;
  const orphan = list.filter((s) => !s.owner).length;
  return (
    <span className="dim row" style={{ gap: 14 }}>
      <span>{many(list.length, 'source')}</span>
      {silent > 0 && (
        <Num means="Sent before, and nothing for an hour and more">
          <span className="up">{silent} silent</span>
        </Num>
      )}
      {orphan > 0 && <Num means="Nobody is named who would mend it when it fails">{orphan} without owner</Num>}
    </span>
  );
}
