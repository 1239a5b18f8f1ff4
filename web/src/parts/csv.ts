import type { Cell, Column } from '@/wire/types';

export const cellText = (cell: Cell | undefined): string =>
  cell === null || cell === undefined ? '' : typeof cell === 'object' ? JSON.stringify(cell) : String(cell);

/**
 * One CSV cell by RFC 4180. A text that a spreadsheet would run as a formula gets a leading apostrophe;
 * numbers of number columns stay numbers, also negative ones.
 */
export function csvCell(cell: Cell | undefined, type = 'string'): string {
  let text = cellText(cell).replaceAll('\0', '\u2400');
  const numeric = typeof cell === 'number' && /^(long|int|real|decimal|double)$/.test(type);
  if (!numeric && /^[\s\u200b-\u200f\ufeff]*[=+\-@|%\t\r\uff1d\uff0b\uff0d\uff20]/.test(text)) text = `'${text}`;
  return /[",\r\n;\t]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
}

export function toCsv(columns: Column[], rows: Cell[][]): string {
  const head = columns.map((c) => csvCell(c.name)).join(',');
  return `${[head, ...rows.map((row) => columns.map((c, i) => csvCell(row[i], c.type)).join(','))].join('\r\n')}\r\n`;
}

export function toJsonLines(columns: Column[], rows: Cell[][]): string {
  return rows.map((row) => `${JSON.stringify(Object.fromEntries(columns.map((c, i) => [c.name, row[i] ?? null])))}\n`).join('');
}

export function download(name: string, type: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
