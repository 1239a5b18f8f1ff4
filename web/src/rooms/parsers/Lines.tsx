import { useMemo, useState } from 'react';
import { Hostile } from '@/parts/Hostile';
import { EmptyState } from '@/parts/states';
import { many } from '@/parts/words';
import type { ParserPreviewLine } from '@/wire/types';
import { originsOf } from './origins';
import { Steps } from './Steps';

// The trial names itself and its place; that says nothing about the parser.
const aside = new Set(['log.source.id', 'andon.parser']);
const changedOf = (l: ParserPreviewLine) => l.changed.filter((f) => !aside.has(f));

/** Raw lines, and of the chosen one every field: what it was, what it becomes, which lines of the text gave it when it ran. */
export function Lines({
  lines,
  see,
  mark,
  tried,
  asked,
}: {
  lines: ParserPreviewLine[];
  see: (line: number) => void;
  /** Lines of the text to mark while something that they gave is looked at. */
  mark: (lines: number[]) => void;
  tried: boolean;
  asked: boolean;
}) {
  const [at, setAt] = useState(0);
  const line = lines[Math.min(at, lines.length - 1)];
  const names = useMemo(() => (line ? [...new Set([...Object.keys(line.before), ...Object.keys(line.after)])].sort() : []), [line]);
  const origins = useMemo(() => originsOf(line?.steps ?? []), [line]);
  const ownLines = (name: string) => (origins.get(name) ?? []).filter((o) => o.file === '').map((o) => o.line);
  if (!line)
    return (
      <EmptyState title={asked ? 'No stored sample' : 'Nothing to read yet'}>
        <p>
          {asked
            ? 'Its records are gone from the log, or none came yet. Paste a line above.'
            : 'Choose a source, or paste lines: each shows what the parser makes of it while you write.'}
        </p>
      </EmptyState>
    );
  const changed = new Set(changedOf(line));
  const keys = (e: React.KeyboardEvent) => {
    const by = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[e.key];
    if (!by) return;
    e.preventDefault();
    setAt(Math.max(0, Math.min(lines.length - 1, at + by)));
  };
  const known = lines.filter((l) => !l.after['andon.findings']).length;
  return (
    <div className="stack">
      <h2 className="side-head">
        Lines{' '}
        <span className={known === lines.length ? 'down' : 'up'}>
          {known} of {lines.length} read whole
        </span>
      </h2>
      <div className="sample-list scroll" role="listbox" aria-label="Lines" tabIndex={0} onKeyDown={keys}>
        {lines.map((l, i) => (
          <button
            key={i}
            type="button"
            role="option"
            tabIndex={-1}
            aria-selected={i === at}
            className={`bare sample-line${l === line ? ' on' : ''}`}
            onClick={() => setAt(i)}
          >
            <span className="cut grow">
              <Hostile text={l.raw} max={200} />
            </span>
            {l.after['andon.findings'] && <span className="tag amber">finding</span>}
            {changedOf(l).length > 0 && <span className="tag">{many(changedOf(l).length, 'change')}</span>}
          </button>
        ))}
      </div>
      <pre className="code wraps raw-line">
        <Hostile text={line.raw} lines />
      </pre>
      {!tried && <div className="up">The text has errors: these are the fields as they are made now.</div>}
      <table className="plain-table field-table">
        <thead>
          <tr>
            <th>Field</th>
            <th>Value</th>
            <th>Given by</th>
          </tr>
        </thead>
        <tbody>
          {names.map((name) => (
            <tr
              key={name}
              className={changed.has(name) ? 'changed' : undefined}
              onMouseEnter={() => mark(ownLines(name))}
              onMouseLeave={() => mark([])}
            >
              <td className="mono">
                <Hostile text={name} max={60} />
              </td>
              <td className="mono">
                {changed.has(name) && line.before[name] && (
                  <div className="was">
                    <Hostile text={line.before[name].join(', ')} max={400} />
                  </div>
                )}
                {line.after[name] ? <Hostile text={line.after[name].join(', ')} max={400} /> : <span className="up">gone</span>}
                {changed.has(name) && !line.before[name] && <span className="tag amber">new</span>}
              </td>
              <td className="nowrap">
                {(origins.get(name) ?? []).map((o) =>
                  o.file ? (
                    <span key={`${o.file}${o.line}`} className="faint origin" title={o.file}>
                      {o.part} {o.line}
                    </span>
                  ) : (
                    <button
                      key={o.line}
                      type="button"
                      className="bare link origin"
                      onClick={() => see(o.line)}
                      onFocus={() => mark(ownLines(name))}
                      onBlur={() => mark([])}
                      title={`Go to line ${o.line}`}
                    >
                      {o.part} {o.line}
                    </button>
                  ),
                )}
                {origins.get(name)?.length === 0 && (
                  <span className="faint">{line.steps[0]?.fields.some((f) => f.name === name) ? 'envelope' : 'Andon'}</span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Steps steps={line.steps} see={see} mark={mark} />
    </div>
  );
}
