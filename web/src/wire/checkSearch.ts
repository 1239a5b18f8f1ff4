import { queryOptions, useQuery } from '@tanstack/react-query';
import { post } from './call';
import type { Finding, SearchParameter } from './types';

/** All that our server's parser finds wrong with a query, while it is being written. */
export const checkQuery = (kql: string, parameters: SearchParameter[]) =>
  queryOptions({
    queryKey: ['check', kql, parameters],
    queryFn: ({ signal }) => post<{ findings: Finding[] }>('/api/search/check', { kql, parameters }, signal),
    enabled: kql.trim() !== '',
    staleTime: Infinity,
    gcTime: 30_000,
    retry: false,
    placeholderData: (before) => before,
  });
export const useCheck = (kql: string, parameters: SearchParameter[]) => useQuery(checkQuery(kql, parameters));
