/** A line of a parser's text that has a part in a field, and which part of the parser it stands in. */
export interface Origin {
  line: number;
  part: string;
}

const short: Record<string, string> = {
  category: 'event.category',
  type: 'event.type',
  action: 'event.action',
  outcome: 'event.outcome',
  reason: 'event.reason',
  kind: 'event.kind',
  severity: 'event.severity',
  code: 'event.code',
};
const meaning = new Set(['map', 'set', 'values', 'enrich', 'time', 'lists']);

/** Names that a line of the text speaks of: fields, pieces (`_x`), captures (`%{x}`). */
function namesIn(line: string): Set<string> {
  const names = new Set<string>();
  for (const [, inner = ''] of line.matchAll(/%\{>?\??([^}:]*)/g)) names.add(inner.replace(/^[+*&]/, ''));
  for (const [word] of line.replace(/%\{[^}]*\}/g, ' ').matchAll(/(?<![\w@])\.?[@A-Za-z_][\w-]*(?:\.[\w-]+)*/g)) names.add(word);
  return names;
}

/**
 * For each field, the lines of a parser's text that name it, and the lines of `extract` that cut the pieces these are made of. It reads the
 * text, not the run: where two lines name a field, both stand here.
 */
export function originsOf(text: string, fields: readonly string[]): Map<string, Origin[]> {
  const lines = text.split('\n');
  let part = '';
  let namespace = /^namespace:\s*(\S+)/m.exec(text)?.[1] ?? '';
  if (!namespace) namespace = /^name:\s*(\S+)/m.exec(text)?.[1] ?? '';
  const spoken: { line: number; part: string; names: Set<string> }[] = [];
  const head = new Map<string, Origin>();
  for (const [i, raw] of lines.entries()) {
    const top = /^([a-z]+):/.exec(raw);
    if (top?.[1]) part = top[1];
    if (raw.trim().startsWith('#') || part === 'cases') continue;
    if (top && ['dataset', 'vendor', 'product', 'module'].includes(part)) head.set(part, { line: i + 1, part });
    if (part !== 'extract' && !meaning.has(part)) continue;
    const body = top ? raw.slice(top[0].length) : raw;
    spoken.push({ line: i + 1, part, names: namesIn(body) });
  }
  const asWritten = (field: string) => {
    const names = [field];
    for (const [s, whole] of Object.entries(short)) if (whole === field) names.push(s);
    if (namespace && field.startsWith(`${namespace}.`)) names.push(field.slice(namespace.length));
    return names;
  };
  const all = new Map<string, Origin[]>();
  for (const field of fields) {
    const from: Origin[] = [];
    const add = (o: Origin) => from.some((f) => f.line === o.line) || from.push(o);
    if (field === 'event.dataset' && head.has('dataset')) add(head.get('dataset') as Origin);
    if (field === 'event.module') add(head.get('module') ?? head.get('dataset') ?? { line: 1, part: 'name' });
    if (field === 'observer.vendor' && head.has('vendor')) add(head.get('vendor') as Origin);
    if (field === 'observer.product' && head.has('product')) add(head.get('product') as Origin);
    const names = asWritten(field);
    for (const s of spoken) {
      if (field === '@timestamp' ? s.part !== 'time' : !names.some((n) => s.names.has(n))) continue;
      // The pieces that this line is made of come from the steps before it.
      if (s.part !== 'extract')
        for (const piece of s.names)
          if (piece.startsWith('_'))
            for (const step of spoken)
              if (step.part === 'extract' && step.names.has(piece) && lines[step.line - 1]?.includes('%{'))
                add({ line: step.line, part: 'extract' });
      add({ line: s.line, part: s.part });
    }
    if (from.length > 0) all.set(field, from.sort((a, b) => a.line - b.line).slice(0, 5));
  }
  return all;
}
