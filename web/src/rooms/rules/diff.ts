/** One line of a difference: kept, taken away, added. */
export interface DiffLine {
  kind: 'same' | 'gone' | 'new';
  text: string;
}

/** Lines of a text, by the longest common subsequence. Rules are short; beyond the limit the texts stand one after the other. */
export function diffLines(before: string, after: string, cellsMax = 4_000_000): DiffLine[] {
  const a = before.split('\n');
  const b = after.split('\n');
  if (a.length * b.length > cellsMax)
    return [...a.map((text) => ({ kind: 'gone' as const, text })), ...b.map((text) => ({ kind: 'new' as const, text }))];
  const width = b.length + 1;
  const longest = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number) => longest[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      longest[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ kind: 'same', text: a[i] ?? '' });
      i++;
      j++;
    } else if (i < a.length && (j === b.length || at(i + 1, j) >= at(i, j + 1))) lines.push({ kind: 'gone', text: a[i++] ?? '' });
    else lines.push({ kind: 'new', text: b[j++] ?? '' });
  }
  return lines;
}

export type YamlInk = 'key' | 'text' | 'number' | 'comment' | 'plain' | 'mark';

/** Colours for one line of YAML: enough to read by, not a parser. Joined, the pieces are the line. */
export function inkLine(line: string): { ink: YamlInk; text: string }[] {
  const pieces: { ink: YamlInk; text: string }[] = [];
  const put = (ink: YamlInk, text: string | undefined) => text && pieces.push({ ink, text });
  const [, indent, rest = ''] = /^(\s*(?:- )*)(.*)$/s.exec(line) ?? [];
  put('mark', indent);
  if (rest.startsWith('#') || rest.startsWith('---')) {
    put('comment', rest);
    return pieces;
  }
  const key = /^((?:'[^']*'|"[^"]*"|[^\s:'"#{[]+(?: [^\s:'"#]+)*)\s*:)(?=\s|$)(.*)$/s.exec(rest);
  put('key', key?.[1]);
  const value = key ? (key[2] ?? '') : rest;
  const comment = /^((?:'(?:[^']|'')*'|"(?:[^"\\]|\\.)*"|[^'"#]|(?<!\s)#)*?)(\s#.*)$/s.exec(value);
  const body = comment?.[1] ?? value;
  put(/^\s*['"]/.test(body) ? 'text' : /^\s*-?\d+(\.\d+)?\s*$/.test(body) ? 'number' : 'plain', body);
  put('comment', comment?.[2]);
  return pieces;
}
