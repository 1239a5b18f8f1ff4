import { queryOptions, useQuery } from '@tanstack/react-query';
import { get } from './call';
import type { SavedSearch } from './types';

export const searchesQuery = () =>
  queryOptions({
    queryKey: ['searches'],
    queryFn: ({ signal }) => get<SavedSearch[]>('/api/searches', {}, signal),
    staleTime: 60_000,
  });
export const useSearches = () => useQuery(searchesQuery());
