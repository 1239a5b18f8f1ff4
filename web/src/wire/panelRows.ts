import { queryOptions, useQuery } from '@tanstack/react-query';
import { post } from './call';
import type { SearchAnswer, SearchAsk } from './types';

/** Rows of a dashboard's panel: a search like any other, that stays in view while it is asked anew. */
export const panelRowsQuery = (ask: SearchAsk | null, turn: number) =>
  queryOptions({
    queryKey: ['panel', ask, turn],
    queryFn: ({ signal }) => post<SearchAnswer>('/api/search', ask, signal),
    enabled: ask !== null,
    staleTime: Infinity,
    gcTime: 60_000,
    retry: false,
    placeholderData: (before) => before,
  });
export const usePanelRows = (ask: SearchAsk | null, turn: number) => useQuery(panelRowsQuery(ask, turn));
