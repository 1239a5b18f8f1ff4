import { useDebouncedValue } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { Histogram } from '@/parts/Histogram';
import { addFilter, newestFirst } from '@/parts/kql';
import { fromParams, givenOf, resolve, type SearchState, toParams, valuesOf } from '@/parts/searchLink';
import { EmptyState, Loading } from '@/parts/states';
import { useBox } from '@/wire/box';
import { useCheck } from '@/wire/checkSearch';
import { useSearches } from '@/wire/getSearches';
import { useHistogram } from '@/wire/histogram';
import { useSearch as useAnswer } from '@/wire/search';
import type { SearchAsk, SearchParameter } from '@/wire/types';
import { AnswerLine } from './AnswerLine';
import { Found } from './Found';
import { LiveTail } from './LiveTail';
import { QueryBar } from './QueryBar';
import { SaveDialog } from './SaveDialog';
import { SavedDrawer } from './SavedDrawer';
import { SearchStart } from './SearchStart';
import { Working } from './Working';
import './search.css';

const limit = 10_000;
const limitMax = 100_000;

export default function SearchPage() {
  const params = useSearch({ from: '/search' });
  const go = useNavigate();
  const cache = useQueryClient();
  const searches = useSearches();
  const linked = useMemo(() => fromParams(params), [params]);
  const saved = linked.saved ? searches.data?.find((s) => s.searchId === linked.saved) : undefined;
  // A link to a saved search carries no text of its own: then it is the text as it is saved now.
  const asked = useMemo<SearchState>(
    () =>
      saved && !linked.text
        ? { ...linked, mode: 'kql', text: saved.kql, values: valuesOf(saved.parameters, givenOf(linked.values)) }
        : linked,
    [linked, saved],
  );
  const [turn, setTurn] = useState(0);
  const [draft, setDraft] = useState<SearchState>(asked);
  const [live, setLive] = useState(false);
  const [drawer, setDrawer] = useState(false);
  const [saving, setSaving] = useState(false);
  const [cancelled, setCancelled] = useState(false);
  const [most, setMost] = useState(limit);
  useEffect(() => {
    setDraft(asked);
    setCancelled(false);
    setMost(limit);
  }, [asked]);

  const box = useBox(asked.mode === 'box' ? asked.text : '');
  const kql = asked.mode === 'kql' ? asked.text : asked.text && !box.isPlaceholderData ? (box.data?.kql ?? '') : '';
  // The range is fixed when a search runs, so that rows, histogram and a page of details speak of the same time.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new turn takes the time anew.
  const range = useMemo(() => resolve(asked.range, Date.now()), [asked, turn]);
  const ask = useMemo<SearchAsk | null>(
    () =>
      kql.trim() && !live
        ? {
            kql: newestFirst(kql),
            ...range,
            limit: /\b(take|limit|top)\s+\d+/.test(kql) ? limitMax : most,
            ...(asked.values && { values: asked.values }),
            remember: true,
            ...(asked.mode === 'box' && { box: asked.text }),
          }
        : null,
    [kql, range, live, most, asked],
  );
  const answer = useAnswer(cancelled ? null : ask, turn);
  const histogram = useHistogram(
    useMemo(
      () =>
        ask && !cancelled && /^\s*(Events|Authentication|Process|Network|Dns|Http|Alerts)\b/.test(kql)
          ? { kql, ...range, buckets: 96, ...(ask.values && { values: ask.values }) }
          : null,
      [ask, cancelled, kql, range],
    ),
    turn,
  );

  const run = (next: SearchState) => {
    setTurn((t) => t + 1);
    setCancelled(false);
    setLive(false);
    void go({ to: '/search', search: toParams(next) });
  };
  const filter = (field: string, value: unknown, type: string, not: boolean) =>
    run({ ...asked, mode: 'kql', text: addFilter(kql || 'Events', field, value, type, not) });
  const cancel = () => {
    setCancelled(true);
    // Aborting the request ends the work on the server too.
    void cache.cancelQueries({ queryKey: ['search'] });
    void cache.cancelQueries({ queryKey: ['histogram'] });
  };
  const openKql = (text: string) => run({ mode: 'kql', text, range });

  // Our server says what is wrong with the text as it is being written; not the editor's language service, which knows more than we offer.
  const [written] = useDebouncedValue(draft, 350);
  const check = useCheck(
    written.mode === 'kql' ? written.text : '',
    useMemo(() => parametersOf(written), [written]),
  );
  // A check is of the text it was given: while a newer one is being checked, its places mean nothing.
  const shown = useMemo(
    () => ({ of: check.isPlaceholderData ? null : written.text, findings: draft.mode === 'kql' ? (check.data?.findings ?? []) : [] }),
    [check.isPlaceholderData, check.data, written.text, draft.mode],
  );
  const findings = useMemo(() => (answer.error ? findingsOf(answer.error) : []), [answer.error]);
  const data = answer.error || !ask || cancelled || answer.isPlaceholderData ? undefined : answer.data;
  const busy = answer.isFetching;
  useKeys(() => document.querySelector<HTMLElement>('.kql-editor textarea, .box-input')?.focus(), busy ? cancel : undefined);

  return (
    <div className="page search">
      <h1 className="sr-only">Search</h1>
      <QueryBar
        draft={draft}
        setDraft={setDraft}
        run={run}
        busy={busy}
        cancel={cancel}
        checked={shown}
        saved={saved}
        openSaved={() => setDrawer(true)}
        openSave={() => setSaving(true)}
        live={live}
        setLive={(next) => {
          if (next && draft.text !== asked.text) void go({ to: '/search', search: toParams(draft) });
          setLive(next);
        }}
      />
      {answer.error !== null && ask && (
        <div className="search-findings">
          <FindingList findings={findings} />
        </div>
      )}
      {live && kql ? (
        <LiveTail kql={kql} values={asked.values} onFilter={filter} />
      ) : !ask ? (
        (asked.mode === 'box' && asked.text && box.isPending) || (linked.saved && !linked.text && searches.isPending) ? (
          <Loading what="the query" />
        ) : (
          <SearchStart open={run} />
        )
      ) : (
        <>
          {histogram.data && !histogram.error && !cancelled && (
            // Bars of the search before stay until the new ones come, but are seen to be old and cannot be drawn upon.
            <div className={`search-hist${histogram.isPlaceholderData ? ' before' : ''}`} aria-busy={histogram.isFetching}>
              <Histogram
                counts={histogram.data.counts}
                bucketMs={histogram.data.bucketMs}
                findings={histogram.data.findings}
                onRange={(fromMs, toMs) => run({ ...asked, range: { fromMs, toMs } })}
              />
            </div>
          )}
          {busy && <Working key={`${turn}${kql}`} range={asked.range} cancel={cancel} />}
          {cancelled && (
            <EmptyState title="Cancelled">
              <p>The search was ended before its answer came. Nothing is shown of it.</p>
            </EmptyState>
          )}
          {data && (
            <>
              <AnswerLine
                answer={data}
                ask={ask}
                range={range}
                more={most < limitMax && ask.limit === most ? () => setMost(limitMax) : undefined}
              />
              <Found
                key={`${ask.kql}${turn}`}
                answer={data}
                ask={ask}
                onFilter={filter}
                openKql={openKql}
                widen={(ms) => run({ ...asked, range: { fromMs: ms - 1_800_000, toMs: ms + 1_800_000 } })}
              />
            </>
          )}
        </>
      )}
      <SavedDrawer opened={drawer} close={() => setDrawer(false)} open={run} />
      {saving && (
        <SaveDialog
          draft={draft.mode === 'box' ? { ...draft, mode: 'kql', text: box.data?.kql ?? draft.text } : draft}
          saved={saved}
          close={() => setSaving(false)}
          opened={run}
        />
      )}
    </div>
  );
}

const parametersOf = (state: SearchState): SearchParameter[] =>
  (state.values ?? []).map((v) => ({
    name: v.name,
    type: v.type,
    default: v.value === '' && v.type !== 'string' && v.type !== 'list' ? undefined : (v.value ?? undefined),
    about: '',
  }));

function useKeys(focus: () => void, cancel: (() => void) | undefined) {
  const now = useRef({ focus, cancel });
  now.current = { focus, cancel };
  useEffect(() => {
    const on = (e: KeyboardEvent) => {
      if (e.key === 'Escape' && now.current.cancel) return now.current.cancel();
      if (e.key !== '/' || (e.target instanceof Element && e.target.closest('input, textarea'))) return;
      e.preventDefault();
      now.current.focus();
    };
    window.addEventListener('keydown', on);
    return () => window.removeEventListener('keydown', on);
  }, []);
}
