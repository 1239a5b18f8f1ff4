import { type ColumnDef, createSortedRowModel, rowSortingFeature, sortFns, tableFeatures, useTable } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useId, useMemo, useRef } from 'react';
import { Boundary } from './Boundary';
import './parts.css';

export interface Col<T> {
  id: string;
  head: React.ReactNode;
  title?: string;
  width: number;
  grow?: boolean;
  num?: boolean;
  cell: (row: T) => React.ReactNode;
  /** Given when the table may be sorted by this column. */
  by?: (row: T) => string | number | null;
}

interface Props<T> {
  rows: readonly T[];
  cols: Col<T>[];
  rowKey: (row: T, index: number) => string;
  rowHeight?: number;
  selected?: string | null;
  onSelect?: (row: T, index: number) => void;
  /** Enter on the selected row. */
  onOpen?: (row: T) => void;
  /** Told which rows are in view, for tables that load pages as they scroll. */
  onView?: (first: number, last: number) => void;
  sort?: { id: string; desc: boolean };
  /** Right-clicked, or asked for with the menu key: the row, the column, where on the screen. */
  onMenu?: (row: T, column: string, at: { x: number; y: number }) => void;
  onEscape?: () => void;
  label: string;
}

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel(), sortFns });

/** Any number of rows, one screenful of elements. Arrow keys or j/k move, Enter opens. */
export function DataTable<T extends object>({
  rows,
  cols,
  rowKey,
  rowHeight = 28,
  selected,
  onSelect,
  onOpen,
  onView,
  sort,
  onMenu,
  onEscape,
  label,
}: Props<T>) {
  const columns = useMemo<ColumnDef<typeof features, T>[]>(
    () =>
      cols.map((c) => ({ id: c.id, accessorFn: c.by ?? (() => ''), enableSorting: !!c.by, sortUndefined: 'last', sortDescFirst: c.num })),
    [cols],
  );
  const initialState = useRef({ sorting: sort ? [sort] : [] }).current;
  const table = useTable({ features, columns, data: rows as T[], initialState, enableSortingRemoval: true });
  const sorting = table.state.sorting;
  const sorted = sorting.length > 0 ? table.getRowModel().rows.map((r) => r.original) : rows;
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: sorted.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    onView?.(first, last);
  }, [first, last, onView]);

  const at = selected === null || selected === undefined ? -1 : sorted.findIndex((r, i) => rowKey(r, i) === selected);
  const step = (by: number) => {
    const next = Math.max(0, Math.min(sorted.length - 1, at + by));
    const row = sorted[next];
    if (!row || !onSelect) return;
    onSelect(row, next);
    virtual.scrollToIndex(next);
  };
  const keys = (e: React.KeyboardEvent) => {
    if (e.key === 'Escape' && onEscape) return onEscape();
    const here = sorted[at];
    // A head that has the focus sorts by Enter; only the table itself opens a row.
    if (e.key === 'Enter' && onOpen && here && e.target === box.current) return onOpen(here);
    const ends = e.key === 'Home' ? -sorted.length : e.key === 'End' ? sorted.length : 0;
    if (ends && onSelect) {
      e.preventDefault();
      return step(ends);
    }
    const by = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, PageDown: 15, PageUp: -15 }[e.key];
    if (!by || !onSelect || e.ctrlKey || e.metaKey) return;
    e.preventDefault();
    e.stopPropagation();
    step(by);
  };

  return (
    <div
      ref={box}
      className="dt"
      role="grid"
      aria-label={label}
      aria-rowcount={rows.length}
      aria-activedescendant={items.some((i) => i.index === at) ? `${id}${at}` : undefined}
      tabIndex={0}
      onKeyDown={keys}
    >
      <div className="dt-head" role="row">
        {cols.map((c) => {
          const dir = sorting.find((s) => s.id === c.id);
          return (
            <div
              key={c.id}
              role="columnheader"
              tabIndex={c.by ? 0 : undefined}
              aria-sort={dir ? (dir.desc ? 'descending' : 'ascending') : undefined}
              title={c.title}
              className={`dt-th${c.num ? ' num' : ''}${c.by ? ' sort' : ''}`}
              style={{ width: c.width, flex: c.grow ? `1 0 ${c.width}px` : 'none' }}
              onClick={c.by ? () => table.getColumn(c.id)?.toggleSorting() : undefined}
              onKeyDown={c.by ? (e) => e.key === 'Enter' && table.getColumn(c.id)?.toggleSorting() : undefined}
            >
              {c.head}
              {dir && <span className="arrow">{dir.desc ? '↓' : '↑'}</span>}
            </div>
          );
        })}
      </div>
      <div className="dt-body" style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const row = sorted[item.index] as T;
          const key = rowKey(row, item.index);
          return (
            <div
              key={key}
              id={`${id}${item.index}`}
              role="row"
              aria-rowindex={item.index + 1}
              aria-selected={onSelect ? key === selected : undefined}
              className={`dt-row${onSelect ? ' click' : ''}${key === selected ? ' sel' : ''}`}
              style={{ height: rowHeight, transform: `translateY(${item.start}px)` }}
              onClick={onSelect ? () => onSelect(row, item.index) : undefined}
            >
              <Boundary
                what="This row"
                reset={row}
                fallback={<div className="dt-td up">This row cannot be shown: {JSON.stringify(row).slice(0, 300)}</div>}
              >
                <Cells row={row} cols={cols} onMenu={onMenu} />
              </Boundary>
            </div>
          );
        })}
      </div>
    </div>
  );
}

function Cells<T>({ row, cols, onMenu }: { row: T; cols: Col<T>[]; onMenu?: Props<T>['onMenu'] }) {
  return cols.map((c) => (
    <div
      key={c.id}
      role="gridcell"
      className={`dt-td${c.num ? ' num' : ''}`}
      style={{ width: c.width, flex: c.grow ? `1 0 ${c.width}px` : 'none' }}
      onContextMenu={
        onMenu &&
        ((e) => {
          e.preventDefault();
          onMenu(row, c.id, { x: e.clientX, y: e.clientY });
        })
      }
    >
      {c.cell(row)}
    </div>
  ));
}
