import { type ColumnDef, createSortedRowModel, rowSortingFeature, sortFns, tableFeatures, useTable } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useId, useMemo, useRef } from 'react';
import { Boundary } from './Boundary';
import './parts.css';
import { usePrinting } from './usePrinting';
import { whole } from './words';

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
  /** Given when somebody else sorts, as `sort` says: told which order is wished for. Nothing: the usual one. */
  onSort?: (sort: { id: string; desc: boolean } | undefined) => void;
  /** What the rows were asked by; the table goes back to its top when that changes. */
  asked?: string;
  /** Right-clicked, or asked for with the menu key: the row, the column, where on the screen. */
  onMenu?: (row: T, column: string, at: { x: number; y: number }) => void;
  onEscape?: () => void;
  /** False for a row whose content is not here yet; on paper it is left out. */
  isHere?: (row: T) => boolean;
  label: string;
}

/** Rows on paper: some twenty pages. */
const printMax = 1000;

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
  onSort,
  asked,
  onMenu,
  onEscape,
  isHere,
  label,
}: Props<T>) {
  const columns = useMemo<ColumnDef<typeof features, T>[]>(
    () =>
      cols.map((c) => ({ id: c.id, accessorFn: c.by ?? (() => ''), enableSorting: !!c.by, sortUndefined: 'last', sortDescFirst: c.num })),
    [cols],
  );
  const initialState = useRef({ sorting: sort ? [sort] : [] }).current;
  const table = useTable({ features, columns, data: rows as T[], initialState, enableSortingRemoval: true });
  const sorting = onSort ? (sort ? [sort] : []) : table.state.sorting;
  const toggle = (c: Col<T>) => {
    if (!onSort) return table.getColumn(c.id)?.toggleSorting();
    // As the table itself does: numbers begin with the greatest, and after both directions comes none.
    const dir = sorting.find((s) => s.id === c.id)?.desc;
    onSort(dir === undefined ? { id: c.id, desc: !!c.num } : dir === !!c.num ? { id: c.id, desc: !dir } : undefined);
  };
  const sorted = !onSort && sorting.length > 0 ? table.getRowModel().rows.map((r) => r.original) : rows;
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: sorted.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  const printing = usePrinting();
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    // Paper has no window: what would be in view of it is everything.
    if (!printing) onView?.(first, last);
  }, [first, last, onView, printing]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: only another question leads back to the top.
  useEffect(() => {
    box.current?.scrollTo({ top: 0 });
  }, [asked]);

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
              onClick={c.by ? () => toggle(c) : undefined}
              onKeyDown={c.by ? (e) => e.key === 'Enter' && toggle(c) : undefined}
            >
              {c.head}
              {dir && <span className="arrow">{dir.desc ? '↓' : '↑'}</span>}
            </div>
          );
        })}
      </div>
      {printing ? (
        <Paper rows={sorted} cols={cols} rowHeight={rowHeight} isHere={isHere} />
      ) : (
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
      )}
    </div>
  );
}

/** The table on paper: every row up to a limit, and in words which are not there. */
function Paper<T extends object>({
  rows,
  cols,
  rowHeight,
  isHere,
}: {
  rows: readonly T[];
  cols: Col<T>[];
  rowHeight: number;
  isHere: Props<T>['isHere'];
}) {
  const here = isHere ? rows.filter(isHere) : rows;
  const shown = here.slice(0, printMax);
  return (
    <>
      {shown.length < rows.length && (
        <p className="dt-paper">
          {whole(shown.length)} of {whole(rows.length)} rows are on paper
          {here.length > printMax
            ? ', in the order of the screen; at most 1 000 are printed.'
            : ': those that the page had read. Narrow it down to print the rest.'}
        </p>
      )}
      <div className="dt-body paper">
        {shown.map((row, i) => (
          <div key={i} role="row" className="dt-row" style={{ height: rowHeight }}>
            <Boundary what="This row" reset={row} fallback={<div className="dt-td up">This row cannot be shown.</div>}>
              <Cells row={row} cols={cols} />
            </Boundary>
          </div>
        ))}
      </div>
    </>
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
