import { Menu } from '@mantine/core';
import { useMemo, useState } from 'react';
import { CellView, isNumber, isTime, widthOf } from '@/parts/cells';
import { cellText } from '@/parts/cellText';
import { type Col, DataTable } from '@/parts/DataTable';
import { type Filter, ValueItems } from '@/parts/ValueItems';
import type { Cell } from '@/wire/types';
import { asColumn, type Shown } from './columns';

interface Row {
  index: number;
  cells: Cell[];
}
interface Props {
  rows: Cell[][];
  columns: Shown[];
  chosen: number | null;
  choose: (index: number | null) => void;
  onFilter?: Filter;
  label?: string;
}

export function Results({ rows: cells, columns, chosen, choose, onFilter, label = 'Rows' }: Props) {
  const rows = useMemo<Row[]>(() => cells.map((c, index) => ({ index, cells: c })), [cells]);
  const [menu, setMenu] = useState<{ column: Shown; value: string; x: number; y: number } | null>(null);
  const cols = useMemo<Col<Row>[]>(
    () =>
      columns.map((c, i) => {
        const column = asColumn(c);
        return {
          id: c.name,
          head: isTime(c.type) ? `${c.name}, UTC` : c.name,
          title: `${c.name}: ${c.type}`,
          width: widthOf(
            column,
            cells.slice(0, 60).map((row) => [c.of(row)]),
            0,
          ),
          grow: i === columns.length - 1 || c.name === 'message' || c.name === 'event.original',
          num: isNumber(c.type),
          cell: (r) => <CellView cell={c.of(r.cells)} column={column} />,
          by: (r) => sortKey(c.of(r.cells)),
        };
      }),
    [columns, cells],
  );
  return (
    <>
      <DataTable
        rows={rows}
        cols={cols}
        rowKey={(r) => String(r.index)}
        rowHeight={25}
        selected={chosen === null ? null : String(chosen)}
        onSelect={(r) => choose(r.index)}
        onEscape={() => choose(null)}
        onMenu={(row, id, at) => {
          const column = columns.find((c) => c.name === id);
          if (column) setMenu({ column, value: cellText(column.of(row.cells)), ...at });
        }}
        label={label}
      />
      <Menu opened={menu !== null} onClose={() => setMenu(null)} position="bottom-start" offset={0}>
        <Menu.Target>
          <span style={{ position: 'fixed', left: menu?.x ?? 0, top: menu?.y ?? 0, width: 1, height: 1, pointerEvents: 'none' }} />
        </Menu.Target>
        <Menu.Dropdown>
          {menu && <ValueItems field={menu.column.name} value={menu.value} type={menu.column.type} onFilter={onFilter} />}
        </Menu.Dropdown>
      </Menu>
    </>
  );
}

const sortKey = (cell: Cell) =>
  cell === null || cell === undefined ? null : typeof cell === 'number' || typeof cell === 'string' ? cell : JSON.stringify(cell);
