import { ActionIcon, Menu } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { CellView, eventIdOf } from '@/parts/cells';
import { cellText } from '@/parts/cellText';
import { findingsOf } from '@/parts/FindingView';
import { Hostile } from '@/parts/Hostile';
import { RawParsed } from '@/parts/RawParsed';
import { Answer } from '@/parts/states';
import { TimeText } from '@/parts/TimeText';
import { span } from '@/parts/time';
import { type Filter, ValueItems } from '@/parts/ValueItems';
import { useEventsBehind } from '@/wire/eventsBehind';
import { useEvent } from '@/wire/getEvent';
import type { Cell, Column, SearchAsk } from '@/wire/types';

interface Props {
  columns: Column[];
  row: Cell[];
  ask?: SearchAsk;
  close: () => void;
  onFilter: Filter;
  openKql?: (kql: string) => void;
}

export function RowDetail({ columns, row, ask, close, onFilter, openKql }: Props) {
  const eventId = eventIdOf(columns, row);
  return (
    <div className="stack">
      <div className="row between">
        <span className="strong">{eventId ? `Event ${eventId}` : 'Row'}</span>
        {!eventId && ask && openKql && <BehindButton ask={ask} columns={columns} row={row} openKql={openKql} />}
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

/** From a counted row to what was counted. */
function BehindButton({ ask, columns, row, openKql }: Required<Pick<Props, 'ask' | 'columns' | 'row' | 'openKql'>>) {
  const behind = useEventsBehind();
  return (
    <>
      <button
        type="button"
        className="bare link"
        onClick={() =>
          behind.mutate({ kql: ask.kql, values: ask.values ?? undefined, columns, row }, { onSuccess: (kql) => kql && openKql(kql) })
        }
      >
        Events behind this row
      </button>
      {behind.isSuccess && !behind.data && <span className="faint">This row stands for no events.</span>}
      {behind.error && <span className="up">{findingsOf(behind.error)[0]?.message}</span>}
      <span className="grow" />
    </>
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

function PlainRow({ columns, row, onFilter }: Pick<Props, 'columns' | 'row' | 'onFilter'>) {
  return (
    <table className="fields">
      <tbody>
        {columns.map((c, i) => (
          <tr key={c.name}>
            <td>{c.name}</td>
            <td>
              <Menu position="bottom-start" withinPortal>
                <Menu.Target>
                  <button type="button" className="bare value" title="Filter or search by this value">
                    <CellView cell={row[i]} column={c} max={4000} />
                  </button>
                </Menu.Target>
                <Menu.Dropdown>
                  <ValueItems field={c.name} value={cellText(row[i])} type={c.type} onFilter={onFilter} />
                </Menu.Dropdown>
              </Menu>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
