import { Link } from '@tanstack/react-router';
import { type Col, DataTable } from '@/parts/DataTable';
import { Hostile } from '@/parts/Hostile';
import { EmptyState } from '@/parts/states';
import { TimeText } from '@/parts/TimeText';
import { whole } from '@/parts/words';
import type { SourceDays } from '@/wire/keeping';

/** What can really be searched, beside what was promised. */
export function SourceDaysTable({ list }: { list: SourceDays[] }) {
  if (list.length === 0) {
    return (
      <EmptyState title="Nothing is stored yet">
        <p>Each source stands here with the days that can be searched, as soon as it sends.</p>
      </EmptyState>
    );
  }
  return (
    <DataTable
      rows={list}
      cols={cols}
      rowKey={(s) => `${s.sourceId} ${s.classId}`}
      rowHeight={32}
      sort={{ id: 'events', desc: true }}
      label="Searchable days"
    />
  );
}

const cols: Col<SourceDays>[] = [
  {
    id: 'source',
    head: 'Source',
    width: 280,
    grow: true,
    by: (s) => s.sourceId,
    cell: (s) => (
      <Link className="link" to="/sources/$sourceId" params={{ sourceId: s.sourceId }}>
        <Hostile text={s.sourceId || '(none)'} max={90} />
      </Link>
    ),
  },
  { id: 'class', head: 'Class', width: 130, by: (s) => s.classId, cell: (s) => s.classId },
  {
    id: 'days',
    head: 'Days',
    title: 'Days of event time that hold at least one event',
    width: 80,
    num: true,
    by: (s) => s.days,
    cell: (s) => whole(s.days),
  },
  {
    id: 'promised',
    head: 'Promised',
    title: 'Days of its class',
    width: 100,
    num: true,
    by: (s) => s.promisedDays ?? Number.MAX_SAFE_INTEGER,
    cell: (s) => (s.promisedDays === undefined ? <span className="faint">no end</span> : whole(s.promisedDays)),
  },
  { id: 'first', head: 'Oldest', width: 180, by: (s) => s.firstMs, cell: (s) => <TimeText ms={s.firstMs} /> },
  { id: 'last', head: 'Newest', width: 150, by: (s) => s.lastMs, cell: (s) => <TimeText ms={s.lastMs} form="ago" /> },
  { id: 'events', head: 'Events', width: 110, num: true, by: (s) => s.events, cell: (s) => whole(s.events) },
];
