import type { Finding } from '@/wire/types';

/** What was found in a text; `of` is null while no answer is there for the newest one. */
export interface Checked {
  of: string | null;
  findings: Finding[];
}

/**
 * What to underline in a text now. Null: leave the lines as they stand, they move with what is written; an answer for another text has
 * places of that text, and would mark the wrong words.
 */
export const underlined = (checked: Checked, text: string): Finding[] | null =>
  text.trim() === '' ? [] : checked.of === text ? checked.findings.filter((f) => f.level !== 'note' && f.place) : null;

export interface Span {
  startLine: number;
  startColumn: number;
  endLine: number;
  endColumn: number;
}

/**
 * Where a finding points in the query text. Places come as `line:column`, `line:column-column`, `line:column-line:column`
 * (all from 1) or as an offset `n`, `n-m` (from 0); a place we cannot read marks the first line.
 */
export function spanOf(place: string, text: string): Span {
  const lines = text.split('\n');
  const pair = /(\d+):(\d+)(?:\s*(?:-|\.\.|–)\s*(?:(\d+):)?(\d+))?/.exec(place);
  if (pair) {
    const startLine = clamp(Number(pair[1]), 1, lines.length);
    const startColumn = Math.max(1, Number(pair[2]));
    const endLine = pair[3] ? clamp(Number(pair[3]), startLine, lines.length) : startLine;
    const endColumn = pair[4] ? Number(pair[4]) : wordEnd(lines[startLine - 1] ?? '', startColumn);
    return { startLine, startColumn, endLine, endColumn: endLine === startLine ? Math.max(startColumn + 1, endColumn) : endColumn };
  }
  const offset = /(\d+)(?:\s*(?:-|\.\.|–)\s*(\d+))?/.exec(place);
  if (offset) {
    const from = at(text, Number(offset[1]));
    const to = offset[2] ? at(text, Number(offset[2])) : { line: from.line, column: wordEnd(lines[from.line - 1] ?? '', from.column) };
    return {
      startLine: from.line,
      startColumn: from.column,
      endLine: to.line,
      endColumn: to.line === from.line ? Math.max(from.column + 1, to.column) : to.column,
    };
  }
  return { startLine: 1, startColumn: 1, endLine: 1, endColumn: Math.max(2, (lines[0]?.length ?? 0) + 1) };
}

const clamp = (n: number, low: number, high: number) => Math.max(low, Math.min(high, n));

function at(text: string, offset: number) {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

function wordEnd(line: string, column: number): number {
  const rest = /^[\w.@]+|^\S/.exec(line.slice(column - 1));
  return column + (rest?.[0].length ?? 1);
}
