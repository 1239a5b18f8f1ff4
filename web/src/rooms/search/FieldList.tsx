import { useMemo, useState } from 'react';
import { cellText } from '@/parts/cellText';
import { findingsOf } from '@/parts/FindingView';
import { Hostile } from '@/parts/Hostile';
import { SampledMark } from '@/parts/SampledMark';
import { many, whole } from '@/parts/words';
import { useFieldValues } from '@/wire/fieldValues';
import type { Cell, SearchAsk } from '@/wire/types';
import { isEmpty, type Shown } from './columns';

interface Props {
  rows: Cell[][];
  all: Shown[];
  shown: Shown[];
  ask: SearchAsk;
  onFilter: (field: string, value: unknown, type: string, not: boolean) => void;
  onColumns: (names: string[] | null) => void;
}

const lookAt = 500;

/** The fields there are; one opens to its most frequent values, which the server counts over all rows, not over those shown. */
export function FieldList({ rows, all, shown, ask, onFilter, onColumns }: Props) {
  const [open, setOpen] = useState<string | null>(null);
  const [find, setFind] = useState('');
  const [empty, setEmpty] = useState(false);
  const filled = useMemo(() => {
    const some = new Set<string>();
    for (const c of all) if (rows.slice(0, lookAt).some((row) => !isEmpty(c.of(row)))) some.add(c.name);
    return some;
  }, [all, rows]);
  const fits = all.filter((c) => c.name.toLowerCase().includes(find.toLowerCase()));
  const listed = empty || find ? fits : fits.filter((c) => filled.has(c.name));
  const names = shown.map((c) => c.name);
  const toggle = (name: string) => onColumns(names.includes(name) ? names.filter((n) => n !== name) : [...names, name]);
  return (
    <nav className="fieldlist scroll" aria-label="Fields">
      <input
        className="field-find"
        placeholder="Find a field"
        aria-label="Find a field"
        value={find}
        onChange={(e) => setFind(e.currentTarget.value)}
      />
      {listed.map((c) => (
        <div key={c.name}>
          <div className="field-row">
            <button
              type="button"
              className={`bare field-name${open === c.name ? ' on' : ''}${filled.has(c.name) ? '' : ' faint'}`}
              aria-expanded={open === c.name}
              title={`${c.name}: ${c.type}`}
              onClick={() => setOpen(open === c.name ? null : c.name)}
            >
              <span className="cut grow">
                <Hostile text={c.name} max={80} />
              </span>
            </button>
            <button
              type="button"
              className={`bare field-shown${names.includes(c.name) ? ' on' : ''}`}
              aria-pressed={names.includes(c.name)}
              aria-label={names.includes(c.name) ? `Hide column ${c.name}` : `Show column ${c.name}`}
              title={names.includes(c.name) ? 'Hide this column' : 'Show as a column'}
              onClick={() => toggle(c.name)}
            >
              {names.includes(c.name) ? '●' : '○'}
            </button>
          </div>
          {open === c.name && <TopValues ask={ask} column={c} onFilter={(value, not) => onFilter(c.name, value, c.type, not)} />}
        </div>
      ))}
      {!find && fits.length > filled.size && (
        <button type="button" className="bare link field-more" onClick={() => setEmpty(!empty)}>
          {empty ? 'Hide empty fields' : `${many(fits.length - listed.length, 'field')} empty here`}
        </button>
      )}
    </nav>
  );
}

function TopValues({ ask, column, onFilter }: { ask: SearchAsk; column: Shown; onFilter: (value: Cell, not: boolean) => void }) {
  const values = useFieldValues({
    kql: ask.kql,
    fromMs: ask.fromMs ?? 0,
    toMs: ask.toMs ?? 0,
    values: ask.values ?? undefined,
    field: column.name,
    top: 10,
  });
  if (values.error) return <div className="top-values up">{findingsOf(values.error)[0]?.message}</div>;
  if (!values.data) return <div className="top-values faint">Counting all rows …</div>;
  const { rows, filled, different, top, state, findings } = values.data;
  return (
    <div className="top-values">
      <div className="faint" title="Counted by the server over all rows of this search">
        {many(different, 'value')} in {whole(filled)} of {many(rows, 'row')}
        {state !== 'complete' && ' · partial'} <SampledMark findings={findings} />
      </div>
      {top.map(({ value = null, count }) => (
        <div key={cellText(value)} className="top-value">
          <button type="button" className="bare cut grow" title="Keep only this value" onClick={() => onFilter(value, false)}>
            {value === null || value === '' ? <span className="faint">(empty)</span> : <Hostile text={cellText(value)} max={60} />}
          </button>
          <span className="faint">{whole(count)}</span>
          <button
            type="button"
            className="bare top-not"
            title="Leave this value out"
            aria-label={`Leave ${cellText(value) || 'empty'} out`}
            onClick={() => onFilter(value, true)}
          >
            −
          </button>
          <i style={{ width: `${(count / Math.max(1, rows)) * 100}%` }} />
        </div>
      ))}
    </div>
  );
}
