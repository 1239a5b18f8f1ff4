import { queryOptions, useQuery } from '@tanstack/react-query';
import { post } from './call';
import type { SavedSearch, SearchAnswer, SearchAsk } from './types';

/** Rows stay in view while they are asked anew. `turn` rises with each press of Run, so that the same text can be asked again. */
const rowsQuery = (of: 'search' | 'panel', ask: SearchAsk | null, turn: number) =>
  queryOptions({
    queryKey: [of, ask, turn],
    queryFn: ({ signal }) => post<SearchAnswer>('/api/search', ask, signal),
    enabled: ask !== null,
    staleTime: Infinity,
    gcTime: 60_000,
    retry: false,
    placeholderData: (before) => before,
  });

export const useSearch = (ask: SearchAsk | null, turn: number) => useQuery(rowsQuery('search', ask, turn));

/** A dashboard's panel: a search like any other. */
export const usePanelRows = (ask: SearchAsk | null, turn: number) => useQuery(rowsQuery('panel', ask, turn));

/** The columns that a saved search's rows have: asked of the program with one row, since only it knows them. */
export const useColumns = (search: SavedSearch, values: SearchAsk['values']) =>
  useQuery({
    queryKey: ['columns', search.searchId, search.version],
    queryFn: ({ signal }) => {
      const ask: SearchAsk = { kql: search.kql, fromMs: Date.now() - 60_000, toMs: Date.now(), limit: 1, values, remember: false };
      return post<SearchAnswer>('/api/search', ask, signal);
    },
    staleTime: Infinity,
    retry: false,
  });
