import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';
import { Boundary } from '@/parts/Boundary';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { Histogram } from '@/parts/Histogram';
import { addFilter, newestFirst } from '@/parts/kql';
import { fromParams, resolve, type SearchState, toParams } from '@/parts/searchLink';
import { EmptyState, Loading } from '@/parts/states';
import { useBox } from '@/wire/box';
import { useHistogram } from '@/wire/histogram';
import { useSearch as useAnswer } from '@/wire/search';
import type { SearchAnswer } from '@/wire/types';
import { AnswerLine } from './AnswerLine';
import { FieldList } from './FieldList';
import { remember } from './history';
import { QueryBar } from './QueryBar';
import { Results } from './Results';
import { RowDetail } from './RowDetail';
import { SearchStart } from './SearchStart';
import './search.css';

const limit = 10_000;

export default function SearchPage() {
  const params = useSearch({ from: '/search' });
  const go = useNavigate();
  const asked = useMemo(() => fromParams(params), [params]);
  const [turn, setTurn] = useState(0);
  const [draft, setDraft] = useState<SearchState>(asked);
  const [chosen, choose] = useState<number | null>(null);
  useEffect(() => {
    setDraft(asked);
    choose(null);
  }, [asked]);

  const box = useBox(asked.mode === 'box' ? asked.text : '');
  const kql = asked.mode === 'kql' ? asked.text : asked.text && !box.isPlaceholderData ? (box.data?.kql ?? '') : '';
  // The range is fixed when a search runs, so that rows, histogram and a page of details speak of the same time.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new turn takes the time anew.
  const range = useMemo(() => resolve(asked.range, Date.now()), [asked, turn]);
  const ask = useMemo(
    () => (kql.trim() ? { kql: newestFirst(kql), ...range, limit: /\b(take|limit|top)\s+\d+/.test(kql) ? 100_000 : limit } : null),
    [kql, range],
  );
  const answer = useAnswer(ask, turn);
  const histogram = useHistogram(
    useMemo(() => (ask && !/\|\s*(summarize|count|distinct)\b/.test(kql) ? { kql, ...range, buckets: 96 } : null), [ask, kql, range]),
    turn,
  );

  const run = (next: SearchState) => {
    remember(next.mode, next.text);
    setTurn((t) => t + 1);
    void go({ to: '/search', search: toParams(next) });
  };
  const filter = (field: string, value: unknown, type: string, not: boolean) =>
    run({ mode: 'kql', text: addFilter(kql || 'Events', field, value, type, not), range: asked.range });
  const findings = useMemo(() => (answer.error ? findingsOf(answer.error) : (answer.data?.findings ?? [])), [answer.error, answer.data]);
  const data = answer.error || !ask ? undefined : answer.data;
  useKeys(() => document.querySelector<HTMLElement>('.kql-editor textarea, .box-input')?.focus());

  return (
    <div className="page search">
      <QueryBar draft={draft} setDraft={setDraft} run={run} busy={answer.isFetching} findings={findings} />
      {answer.error !== null && ask && (
        <div className="search-findings">
          <FindingList findings={findings} />
        </div>
      )}
      {!ask ? (
        asked.mode === 'box' && asked.text && box.isPending ? (
          <Loading what="the query" />
        ) : (
          <SearchStart run={run} range={asked.range} />
        )
      ) : (
        <>
          {histogram.data && !histogram.error && (
            <div className="search-hist">
              <Histogram
                counts={histogram.data.counts}
                bucketMs={histogram.data.bucketMs}
                onRange={(fromMs, toMs) => run({ ...asked, range: { fromMs, toMs } })}
              />
            </div>
          )}
          {answer.isPending && <Loading what="rows" />}
          {data && (
            <>
              <AnswerLine answer={data} range={range} stale={answer.isFetching} />
              <Found data={data} chosen={chosen} choose={choose} filter={filter} />
            </>
          )}
        </>
      )}
    </div>
  );
}

interface FoundProps {
  data: SearchAnswer;
  chosen: number | null;
  choose: (index: number | null) => void;
  filter: (field: string, value: unknown, type: string, not: boolean) => void;
}

function Found({ data, chosen, choose, filter }: FoundProps) {
  if (data.rows.length === 0) {
    return (
      <EmptyState title="No rows">
        <p>Nothing matches in this time. Widen the time range, or take away a filter.</p>
      </EmptyState>
    );
  }
  const row = chosen === null ? undefined : data.rows[chosen];
  return (
    <div className={`found${row ? ' open' : ''}`}>
      <Boundary what="The field list" reset={data}>
        <FieldList answer={data} onFilter={filter} />
      </Boundary>
      <div className="found-rows">
        <Results answer={data} chosen={chosen} choose={choose} />
      </div>
      {row && (
        <aside className="found-detail scroll">
          <Boundary what="This row" reset={row}>
            <RowDetail columns={data.columns} row={row} close={() => choose(null)} onFilter={filter} />
          </Boundary>
        </aside>
      )}
    </div>
  );
}

function useKeys(focus: () => void) {
  const now = useRef(focus);
  now.current = focus;
  useEffect(() => {
    const on = (e: KeyboardEvent) => {
      if (e.key !== '/' || (e.target instanceof Element && e.target.closest('input, textarea'))) return;
      e.preventDefault();
      now.current();
    };
    window.addEventListener('keydown', on);
    return () => window.removeEventListener('keydown', on);
  }, []);
}
