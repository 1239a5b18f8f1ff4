import { cellText } from '@/parts/cellText';
import type { Cell, Column, SearchAnswer } from '@/wire/types';

export interface Shown {
  name: string;
  type: string;
  /** From a row to the cell of this column. */
  of: (row: Cell[]) => Cell;
}

const bag = 'bag';
// What people want to see first of an event; all else is a click away.
const firstOfEvent = [
  '@timestamp',
  'event.dataset',
  'host.name',
  'user.name',
  'source.ip',
  'event.action',
  'event.outcome',
  'event.original',
];

/** All columns there are: those of the answer, and the fields that its rows hold beside them. */
export function allColumns(answer: SearchAnswer): Shown[] {
  const own = answer.columns
    .map((c, i): Shown => ({ name: c.name, type: c.type, of: (row) => row[i] ?? null }))
    .filter((c) => c.name !== bag);
  const at = answer.columns.findIndex((c) => c.name === bag && c.type === 'dynamic');
  if (at < 0) return own;
  const names = new Set<string>();
  for (const row of answer.rows.slice(0, 1000)) {
    const more = row[at];
    if (more && typeof more === 'object' && !Array.isArray(more)) for (const name of Object.keys(more)) names.add(name);
    if (names.size > 500) break;
  }
  for (const c of own) names.delete(c.name);
  return [
    ...own,
    ...[...names]
      .sort()
      .map((name): Shown => ({ name, type: 'string', of: (row) => ((row[at] as Record<string, Cell> | null)?.[name] ?? null) as Cell })),
  ];
}

/** The columns chosen, in their order; without a choice, a few of an event and all of anything else. */
export function shownColumns(all: Shown[], chosen: string[] | null): Shown[] {
  const by = (names: string[]) => names.flatMap((n) => all.find((c) => c.name === n) ?? []);
  if (chosen) {
    const found = by(chosen);
    if (found.length > 0) return found;
  }
  const wholeEvent = all.length > 20 && all.some((c) => c.name === 'event.original');
  return wholeEvent ? by(firstOfEvent) : all;
}

export const isEmpty = (cell: Cell) => cellText(cell) === '' || (Array.isArray(cell) && cell.length === 0);

export const asColumn = (c: Shown): Column => ({ name: c.name, type: c.type });
