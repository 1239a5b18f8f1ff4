import { ActionIcon } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { cellText } from '@/parts/csv';
import { Hostile } from '@/parts/Hostile';
import { RawParsed } from '@/parts/RawParsed';
import { Answer } from '@/parts/states';
import { TimeText } from '@/parts/TimeText';
import { span } from '@/parts/time';
import { useEvent } from '@/wire/getEvent';
import type { Cell, Column } from '@/wire/types';
import { CellView, eventIdOf } from './cells';

interface Props {
  columns: Column[];
  row: Cell[];
  close: () => void;
  onFilter: (field: string, value: unknown, type: string, not: boolean) => void;
}

export function RowDetail({ columns, row, close, onFilter }: Props) {
  const eventId = eventIdOf(columns, row);
  return (
    <div className="stack">
      <div className="row between">
        <span className="strong">{eventId ? `Event ${eventId}` : 'Row'}</span>
        <ActionIcon aria-label="Close detail" onClick={close}>
          <IconX size={15} />
        </ActionIcon>
      </div>
      {eventId ? (
        <EventDetail eventId={eventId} onFilter={(f, v, not) => onFilter(f, v, columns.find((c) => c.name === f)?.type ?? 'string', not)} />
      ) : (
        <PlainRow columns={columns} row={row} onFilter={onFilter} />
      )}
    </div>
  );
}

function EventDetail({ eventId, onFilter }: { eventId: string; onFilter: (field: string, value: string, not: boolean) => void }) {
  const event = useEvent(eventId);
  return (
    <Answer of={event} what="the event">
      {(e) => (
        <>
          <div className="dim">
            <TimeText ms={e.timeMs} /> · {arrival(e.receivedMs - e.timeMs)} ·{' '}
            <Link className="link" to="/sources/$sourceId" params={{ sourceId: e.sourceId }}>
              <Hostile text={e.sourceId} />
            </Link>
          </div>
          <RawParsed raw={e.raw} rawIsUtf8={e.rawIsUtf8} fields={e.fields} onFilter={onFilter} />
        </>
      )}
    </Answer>
  );
}

/** Clocks of hosts differ by a second easily; more than that is worth a word. */
function arrival(lateMs: number): string {
  if (Math.abs(lateMs) < 1500) return 'received at once';
  return lateMs > 0 ? `received ${span(lateMs)} later` : `received ${span(-lateMs)} before its own time`;
}

function PlainRow({ columns, row, onFilter }: Omit<Props, 'close'>) {
  return (
    <table className="fields">
      <tbody>
        {columns.map((c, i) => (
          <tr key={c.name}>
            <td>{c.name}</td>
            <td>
              <button
                type="button"
                className="bare value"
                title="Keep only this value"
                onClick={() => onFilter(c.name, row[i] ?? null, c.type, false)}
              >
                <CellView cell={row[i]} column={c} max={4000} />
              </button>
              {cellText(row[i]) !== '' && (
                <button
                  type="button"
                  className="bare link"
                  style={{ marginLeft: 8 }}
                  onClick={() => onFilter(c.name, row[i] ?? null, c.type, true)}
                >
                  leave out
                </button>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
