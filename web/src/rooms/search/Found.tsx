import { useMemo, useState } from 'react';
import { Boundary } from '@/parts/Boundary';
import type { Filter } from '@/parts/ValueItems';
import type { SearchAnswer, SearchAsk } from '@/wire/types';
import { allColumns, shownColumns } from './columns';
import { FieldList } from './FieldList';
import { NothingFound } from './NothingFound';
import { Results } from './Results';
import { RowDetail } from './RowDetail';

interface Props {
  answer: SearchAnswer;
  ask: SearchAsk;
  onFilter: Filter;
  openKql: (kql: string) => void;
  widen: (aroundMs: number) => void;
}

const key = 'andon-search-columns';

/** Fields, rows, and the row that is looked at. */
export function Found({ answer, ask, onFilter, openKql, widen }: Props) {
  const [at, choose] = useState<number | null>(null);
  const all = useMemo(() => allColumns(answer), [answer]);
  const events = all.length > 20;
  // The choice of columns of an event stays from search to search; a table of counts shows what it has.
  const [chosen, setChosen] = useState<string[] | null>(() => (events ? readChosen() : null));
  const shown = useMemo(() => shownColumns(all, chosen), [all, chosen]);
  const choice = (names: string[] | null) => {
    setChosen(names);
    if (events) keepChosen(names);
  };
  if (answer.rows.length === 0) return <NothingFound ask={ask} widen={widen} />;
  const row = at === null ? undefined : answer.rows[at];
  return (
    <div className={`found${row ? ' open' : ''}`}>
      <Boundary what="The field list" reset={answer}>
        <FieldList rows={answer.rows} all={all} shown={shown} ask={ask} onFilter={onFilter} onColumns={choice} />
      </Boundary>
      <div className="found-rows">
        <Results rows={answer.rows} columns={shown} chosen={at} choose={choose} onFilter={onFilter} />
      </div>
      {row && (
        <aside className="found-detail scroll">
          <Boundary what="This row" reset={row}>
            <RowDetail columns={answer.columns} row={row} ask={ask} close={() => choose(null)} onFilter={onFilter} openKql={openKql} />
          </Boundary>
        </aside>
      )}
    </div>
  );
}

function readChosen(): string[] | null {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? 'null');
    return Array.isArray(kept) && kept.every((n) => typeof n === 'string') && kept.length > 0 ? kept : null;
  } catch {
    return null;
  }
}

function keepChosen(names: string[] | null) {
  try {
    if (names) localStorage.setItem(key, JSON.stringify(names));
    else localStorage.removeItem(key);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}
