import { Link } from '@tanstack/react-router';
import { type Col, DataTable } from '@/parts/DataTable';
import { Hostile } from '@/parts/Hostile';
import { Answer, EmptyState } from '@/parts/states';
import { bytes, short, whole } from '@/parts/words';
import { useUnused } from '@/wire/getUnused';
import type { UnusedRow } from '@/wire/types';

/** Kinds of events that no rule in force reads, the dearest first. */
export function UnusedBox() {
  const unused = useUnused();
  return (
    <Answer of={unused} what="what nobody used">
      {(u) =>
        u.rows.length === 0 ? (
          <EmptyState title="Nothing comes that no rule reads">
            <p>Held against {whole(u.rules)} rules.</p>
          </EmptyState>
        ) : (
          <div className="stack">
            <div className="dim">
              No rule in force reads these; held against {whole(u.rules)} rules, on or off. <b>Safe</b>: none of them could. Filters are
              made on the source's page.
            </div>
            <div style={{ height: 420 }}>
              <DataTable
                rows={u.rows}
                cols={cols}
                rowKey={(r) => `${r.sourceId} ${r.kind}`}
                label="Never used"
                sort={{ id: 'day', desc: true }}
              />
            </div>
          </div>
        )
      }
    </Answer>
  );
}

const cols: Col<UnusedRow>[] = [
  {
    id: 'source',
    head: 'Source',
    width: 300,
    grow: true,
    by: (r) => r.sourceId,
    cell: (r) => (
      <Link className="numlink mono" to="/sources/$sourceId" params={{ sourceId: r.sourceId }} search={{ tab: 'use' }}>
        <Hostile text={r.sourceId} max={90} />
      </Link>
    ),
  },
  { id: 'kind', head: 'Kind of event', width: 200, by: (r) => r.kind, cell: (r) => <Hostile text={r.kind} max={60} /> },
  { id: 'day', head: 'A day', width: 90, num: true, by: (r) => r.bytesPerDay, cell: (r) => bytes(r.bytesPerDay) },
  { id: 'events', head: 'Events', width: 90, num: true, by: (r) => r.events, cell: (r) => short(r.events) },
  {
    id: 'safe',
    head: 'To leave out',
    width: 150,
    by: (r) => (r.safe ? 0 : r.wouldWant.length),
    cell: (r) =>
      r.safe ? (
        <span className="down">safe</span>
      ) : (
        <span className="up" title={r.wouldWant.join(', ')}>
          {r.wouldWant.length} rules off want it
        </span>
      ),
  },
];
