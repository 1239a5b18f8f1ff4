import { keepPreviousData, useQueries } from '@tanstack/react-query';
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
  const pages = useMemo(() => {
    const from = Math.floor(view.first / pageSize);
    const to = Math.floor(Math.max(view.first, view.last) / pageSize);
    return Array.from({ length: Math.min(3, to - from + 1) }, (_, i) => from + i);
  }, [view]);
  const answers = useQueries({
    queries: pages.map((p) => ({ ...sourcesPageQuery(wish, p * pageSize, pageSize), placeholderData: keepPreviousData })),
  });
  // A page that holds the place of another one still says how many there are, and nothing else.
  const total = (answers.find((a) => a.data && !a.isPlaceholderData) ?? answers.find((a) => a.data))?.data?.total;
  // The answers are new objects at each render; what they hold is not.
  const held = answers.map((a) => (a.isPlaceholderData ? undefined : a.data));
  // biome-ignore lint/correctness/useExhaustiveDependencies: the answers themselves, one by one.
  const rows = useMemo<SourceRow[]>(() => {
    const list: SourceRow[] = Array.from({ length: total ?? 0 }, (_, index) => ({ index, source: null }));
    pages.forEach((p, i) => {
      for (const [k, source] of (held[i]?.sources ?? []).entries()) {
        const index = p * pageSize + k;
        if (index < list.length) list[index] = { index, source };
      }
    });
    return list;
  }, [total, pages, ...held, held.length]);
  const onView = useCallback(
    (first: number, last: number) => setView((v) => (v.first === first && v.last === last ? v : { first, last })),
    [],
  );
  // What stands for all pages: the first that failed, else the first.
  const failed = answers.find((a) => a.error && !a.data);
  return { rows, total, onView, answer: (failed ?? answers[0]) as (typeof answers)[number] };
}
