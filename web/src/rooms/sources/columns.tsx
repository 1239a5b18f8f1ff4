import { Link } from '@tanstack/react-router';
import type { Col } from '@/parts/DataTable';
import { Hostile } from '@/parts/Hostile';
import { plainText } from '@/parts/hostile';
import { Num } from '@/parts/Num';
import { Sparkline } from '@/parts/Sparkline';
import { TimeText } from '@/parts/TimeText';
import { bytes, many, short, whole } from '@/parts/words';
import type { Source } from '@/wire/types';
import { Health } from './Health';
import { healthOf } from './health';
import type { SourceRow } from './useSourceRows';

const last = (s: Source) => s.perMinute.slice(-5).reduce((a, b) => a + b, 0) / Math.max(1, Math.min(5, s.perMinute.length));

/** Until someone names it, a source carries its key as its name. */
/** What one sender has too many of is counted together, under no host. */
export const titleOf = (s: Pick<Source, 'sourceId' | 'name' | 'host' | 'dataset'>) =>
  s.name !== '' && s.name !== s.sourceId
    ? s.name
    : [s.host, s.dataset].filter(Boolean).join(' · ') || (s.sourceId === 'overflow' ? 'Too many to tell apart' : s.sourceId);

const named = (s: Source) => s.name !== '' && s.name !== s.sourceId;

const namingWords: Record<string, string> = {
  INT060: 'It has no name',
  INT061: 'Its name is not site-env-role-product-nn',
  INT062: 'Another source has the same name',
};

/** Sorted by the server, which knows these ids; `by` only says that it can. */
const ofSource: Col<Source>[] = [
  { id: 'health', head: 'Health', width: 150, by: (s) => healthOf(s).rank, cell: (s) => <Health source={s} /> },
  {
    id: 'name',
    head: 'Source',
    width: 250,
    grow: true,
    by: (s) => s.name || s.sourceId,
    cell: (s) => (
      <Link className="source-name" to="/sources/$sourceId" params={{ sourceId: s.sourceId }}>
        <span className={named(s) ? 'strong' : undefined}>
          <Hostile text={titleOf(s)} max={90} />
          {s.naming && named(s) && (
            <Num means={`${namingWords[s.naming] ?? s.naming}; its page has a better one`}>
              <span className="faint"> · name</span>
            </Num>
          )}
        </span>
        <span className="mono faint" title={plainText(s.sourceId)}>
          <Hostile text={s.sourceId} />
        </span>
      </Link>
    ),
  },
  {
    id: 'owner',
    head: 'Owner',
    width: 130,
    by: (s) => s.owner,
    cell: (s) =>
      s.owner ? (
        <span>
          <Hostile text={s.owner} max={30} />
          <span className="faint">
            {' '}
            <Hostile text={s.unit} max={20} />
          </span>
        </span>
      ) : (
        <span className="up">nobody</span>
      ),
  },
  { id: 'dataset', head: 'Dataset', width: 130, by: (s) => s.dataset, cell: (s) => <Hostile text={s.dataset} max={40} /> },
  {
    id: 'groups',
    head: 'Groups, tags',
    width: 120,
    by: (s) => [...(s.groups ?? []), ...(s.card?.tags ?? [])].join(' '),
    cell: (s) => (
      <span className="dim">
        <Hostile text={[...(s.groups ?? []), ...(s.card?.tags ?? []).map((t) => `#${t}`)].join(' ')} max={60} />
      </span>
    ),
  },
  {
    id: 'spark',
    head: 'Last 60 min',
    title: 'Events per minute',
    width: 138,
    cell: (s) => <Sparkline values={s.perMinute} width={118} height={20} label="Events per minute" step="minute" linear />,
  },
  {
    id: 'rate',
    head: 'per min',
    title: 'Mean of the last five minutes',
    width: 78,
    num: true,
    by: last,
    cell: (s) => <Num means="Events per minute, mean of the last five minutes">{whole(last(s))}</Num>,
  },
  {
    id: 'events',
    head: 'Events',
    width: 80,
    num: true,
    by: (s) => s.events,
    cell: (s) => <Num means={`${whole(s.events)} events, ${bytes(s.bytes)} since it was first seen`}>{short(s.events)}</Num>,
  },
  {
    id: 'unread',
    head: 'Unread',
    title: 'Records that no parser read whole; they are kept raw',
    width: 78,
    num: true,
    by: (s) => s.parseFailures,
    cell: (s) =>
      s.parseFailures ? (
        <Num means={`${many(s.parseFailures, 'record')} not read whole; kept raw`}>
          <span className="up">{short(s.parseFailures)}</span>
        </Num>
      ) : (
        <span className="faint">0</span>
      ),
  },
  {
    id: 'lost',
    head: 'Lost',
    title: 'Numbers of its sender that never came',
    width: 70,
    num: true,
    by: (s) => s.lostEvents ?? 0,
    cell: (s) => (s.lostEvents ? <span className="up">{short(s.lostEvents)}</span> : <span className="faint">0</span>),
  },
  { id: 'last', head: 'Last seen', width: 110, by: (s) => s.lastMs, cell: (s) => <TimeText ms={s.lastMs} form="ago" /> },
];

/** The same for rows whose source may still be on its way. */
export const columns: Col<SourceRow>[] = ofSource.map(({ by, cell, ...col }) => ({
  ...col,
  by: by && ((r) => r.index),
  cell: (r) => (r.source ? cell(r.source) : col.id === 'name' ? <span className="faint">loading …</span> : null),
}));
