import { useMemo } from 'react';
import { type Col, DataTable } from '@/parts/DataTable';
import type { Cell, SearchAnswer } from '@/wire/types';
import { CellView, isNumber, isTime, widthOf } from './cells';

interface Row {
  index: number;
  cells: Cell[];
}

export function Results({ answer, chosen, choose }: { answer: SearchAnswer; chosen: number | null; choose: (index: number) => void }) {
  const rows = useMemo<Row[]>(() => answer.rows.map((cells, index) => ({ index, cells })), [answer]);
  const cols = useMemo<Col<Row>[]>(
    () =>
      answer.columns.map((c, i) => ({
        id: `${i}`,
        head: isTime(c.type) ? `${c.name}, UTC` : c.name,
        title: `${c.name}: ${c.type}`,
        width: widthOf(c, answer.rows, i),
        grow: i === answer.columns.length - 1 || c.name === 'message',
        num: isNumber(c.type),
        cell: (r) => <CellView cell={r.cells[i]} column={c} />,
        by: (r) => sortKey(r.cells[i]),
      })),
    [answer],
  );
  return (
    <DataTable
      rows={rows}
      cols={cols}
      rowKey={(r) => String(r.index)}
      rowHeight={25}
      selected={chosen === null ? null : String(chosen)}
      onSelect={(r) => choose(r.index)}
      label="Rows"
    />
  );
}

const sortKey = (cell: Cell | undefined) =>
  cell === null || cell === undefined ? null : typeof cell === 'number' || typeof cell === 'string' ? cell : JSON.stringify(cell);
