import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import { type SourcesWish, sourcesPageQuery } from '@/wire/pageSources';
import type { Source } from '@/wire/types';

const pageSize = 100;

export interface SourceRow {
  index: number;
  /** Null while its page is on the way. */
  source: Source | null;
}

/** However many sources fit: a row for each, and only the pages in view are asked for. */
export function useSourceRows(wish: SourcesWish) {
  const [view, setView] = useState({ first: 0, last: 0 });
  // The first page is always there: it says how many fit. Those of another question stay until it is answered.
  const first = useQuery({ ...sourcesPageQuery(wish, 0, pageSize), placeholderData: keepPreviousData });
  const pages = useMemo(() => {
    const from = Math.max(1, Math.floor(view.first / pageSize));
    const to = Math.floor(view.last / pageSize);
    return Array.from({ length: Math.max(0, Math.min(3, to - from + 1)) }, (_, i) => from + i);
  }, [view]);
  const later = useQueries({ queries: pages.map((p) => sourcesPageQuery(wish, p * pageSize, pageSize)) });
  const total = first.data?.total;
  // The answers are new objects at each render; what they hold is not.
  const held = [later[0]?.data, later[1]?.data, later[2]?.data];
  // biome-ignore lint/correctness/useExhaustiveDependencies: the answers themselves, one by one.
  const rows = useMemo<SourceRow[]>(() => {
    const list: SourceRow[] = Array.from({ length: total ?? 0 }, (_, index) => ({ index, source: null }));
    const put = (page: number, sources: readonly Source[] = []) => {
      for (const [k, source] of sources.entries()) {
        const index = page * pageSize + k;
        if (index < list.length) list[index] = { index, source };
      }
    };
    put(0, first.data?.sources);
    pages.forEach((p, i) => {
      put(p, held[i]?.sources);
    });
    return list;
  }, [total, first.data, pages, ...held]);
  const onView = useCallback(
    (first: number, last: number) => setView((v) => (v.first === first && v.last === last ? v : { first, last })),
    [],
  );
  return { rows, total, onView, answer: first };
}
