import { queryOptions, useQuery } from '@tanstack/react-query';
import { post } from './call';
import type { SearchAnswer, SearchAsk } from './types';

/** `turn` rises with each press of Run, so that the same text can be asked again. */
export const searchQuery = (ask: SearchAsk | null, turn: number) =>
  queryOptions({
    queryKey: ['search', ask, turn],
    queryFn: ({ signal }) => post<SearchAnswer>('/api/search', ask, signal),
    enabled: ask !== null,
    staleTime: Infinity,
    gcTime: 60_000,
    retry: false,
    placeholderData: (before) => before,
  });
export const useSearch = (ask: SearchAsk | null, turn: number) => useQuery(searchQuery(ask, turn));
