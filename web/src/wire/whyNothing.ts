import { queryOptions, useQuery } from '@tanstack/react-query';
import { post } from './call';
import type { Nothing, SearchAsk } from './types';

export const nothingQuery = (ask: SearchAsk) =>
  queryOptions({
    queryKey: ['nothing', ask],
    queryFn: ({ signal }) => post<Nothing>('/api/search/nothing', ask, signal),
    staleTime: 30_000,
    retry: false,
  });
export const useNothing = (ask: SearchAsk) => useQuery(nothingQuery(ask));
