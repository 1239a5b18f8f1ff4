import { useMemo, useState } from 'react';
import { cellText } from '@/parts/csv';
import { Hostile } from '@/parts/Hostile';
import { many, whole } from '@/parts/words';
import type { Cell, SearchAnswer } from '@/wire/types';

const lookAt = 10_000;
const shown = 8;

/** The columns of the answer; one opens to its most frequent values among the rows at hand. */
export function FieldList({
  answer,
  onFilter,
}: {
  answer: SearchAnswer;
  onFilter: (field: string, value: unknown, type: string, not: boolean) => void;
}) {
  const [open, setOpen] = useState<string | null>(null);
  const [find, setFind] = useState('');
  return (
    <nav className="fieldlist scroll" aria-label="Fields">
      <input
        className="field-find"
        placeholder="Find a field"
        aria-label="Find a field"
        value={find}
        onChange={(e) => setFind(e.currentTarget.value)}
      />
      {answer.columns.map((c, i) =>
        c.name.toLowerCase().includes(find.toLowerCase()) ? (
          <div key={c.name}>
            <button
              type="button"
              className={`bare field-name${open === c.name ? ' on' : ''}`}
              aria-expanded={open === c.name}
              onClick={() => setOpen(open === c.name ? null : c.name)}
            >
              <span className="cut grow">{c.name}</span>
              <span className="faint">{c.type}</span>
            </button>
            {open === c.name && <TopValues answer={answer} index={i} onFilter={(value, not) => onFilter(c.name, value, c.type, not)} />}
          </div>
        ) : null,
      )}
    </nav>
  );
}

function TopValues({ answer, index, onFilter }: { answer: SearchAnswer; index: number; onFilter: (value: Cell, not: boolean) => void }) {
  const { top, distinct, looked } = useMemo(() => count(answer.rows, index), [answer, index]);
  return (
    <div className="top-values">
      <div className="faint" title="Counted over the rows of this answer, not over all events">
        {many(distinct, 'value')} in {many(looked, 'row')}
      </div>
      {top.map(({ value, n }) => (
        <div key={cellText(value)} className="top-value">
          <button type="button" className="bare cut grow" title="Keep only this value" onClick={() => onFilter(value, false)}>
            {value === null || value === '' ? <span className="faint">(empty)</span> : <Hostile text={cellText(value)} max={60} />}
          </button>
          <span className="faint">{whole(n)}</span>
          <button
            type="button"
            className="bare top-not"
            title="Leave this value out"
            aria-label="Leave out"
            onClick={() => onFilter(value, true)}
          >
            −
          </button>
          <i style={{ width: `${(n / looked) * 100}%` }} />
        </div>
      ))}
    </div>
  );
}

function count(rows: Cell[][], index: number) {
  const seen = new Map<string, { value: Cell; n: number }>();
  const looked = Math.min(lookAt, rows.length);
  for (let i = 0; i < looked; i++) {
    const value = rows[i]?.[index] ?? null;
    const key = cellText(value);
    const entry = seen.get(key);
    if (entry) entry.n++;
    else seen.set(key, { value, n: 1 });
  }
  return { top: [...seen.values()].sort((a, b) => b.n - a.n).slice(0, shown), distinct: seen.size, looked };
}
