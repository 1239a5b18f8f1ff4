import type { Cell, Column } from '@/wire/types';
import { cellText } from './cellText';
import { Hostile } from './Hostile';

const number = /^(long|int|real|decimal|double)$/;
export const isNumber = (type: string) => number.test(type);
export const isTime = (type: string) => /^(datetime|date)$/.test(type);

/** A time cell may come as ISO text or as Unix milliseconds. */
export function timeText(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  const d = new Date(typeof cell === 'number' ? cell : String(cell));
  return Number.isNaN(d.getTime()) ? String(cell) : d.toISOString().replace('T', ' ').slice(0, 23);
}

export function CellView({ cell, column, max = 300 }: { cell: Cell | undefined; column: Column; max?: number }) {
  if (cell === null || cell === undefined || cell === '') return <span className="faint">–</span>;
  if (isTime(column.type)) return <span className="mono">{timeText(cell)}</span>;
  if (isNumber(column.type)) return <>{String(cell)}</>;
  return <Hostile text={cellText(cell)} max={max} />;
}

/** Wide enough for what it mostly holds, never wider than reading allows. */
export function widthOf(column: Column, rows: Cell[][], index: number): number {
  if (isTime(column.type)) return 206;
  let longest = column.name.length;
  for (let i = 0; i < Math.min(60, rows.length); i++) longest = Math.max(longest, Math.min(88, cellText(rows[i]?.[index]).length));
  return Math.round(Math.min(column.name === 'event.original' ? 640 : 440, Math.max(64, longest * 7 + 26)));
}

/** The event behind a row, when the row carries its id. */
export function eventIdOf(columns: Column[], row: Cell[]): string | null {
  const at = columns.findIndex((c) => /^(andon[._])?event_?id$/i.test(c.name));
  const value = at < 0 ? undefined : row[at];
  return typeof value === 'string' && /^\d+\.\d+$/.test(value) ? value : null;
}
