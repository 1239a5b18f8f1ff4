import { useMemo } from 'react';
import { CellView, isNumber, isTime, widthOf } from '@/parts/cells';
import { type Col, DataTable } from '@/parts/DataTable';
import type { Cell, SearchAnswer } from '@/wire/types';

interface Row {
  index: number;
  cells: Cell[];
}

/** Rows as they are; one opens its events. */
export function TablePicture({ answer, open }: { answer: SearchAnswer; open: (row: Cell[]) => void }) {
  const rows = useMemo<Row[]>(() => answer.rows.map((cells, index) => ({ index, cells })), [answer]);
  const cols = useMemo<Col<Row>[]>(
    () =>
      answer.columns.map((c, i) => ({
        id: `${i}`,
        head: isTime(c.type) ? `${c.name}, UTC` : c.name,
        width: Math.min(220, widthOf(c, answer.rows, i)),
        grow: i === 0,
        num: isNumber(c.type),
        cell: (r) => <CellView cell={r.cells[i]} column={c} />,
        by: (r) => {
          const cell = r.cells[i];
          return typeof cell === 'number' || typeof cell === 'string' ? cell : null;
        },
      })),
    [answer],
  );
  if (rows.length === 0) return <div className="faint">No rows in this time</div>;
  return <DataTable rows={rows} cols={cols} rowKey={(r) => String(r.index)} rowHeight={24} onSelect={(r) => open(r.cells)} label="Rows" />;
}
