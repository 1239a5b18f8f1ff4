import { queryOptions, useQuery } from '@tanstack/react-query';
import { get } from './call';
import type { SearchSchema } from './types';

export const schemaQuery = () =>
  queryOptions({
    queryKey: ['schema'],
    queryFn: ({ signal }) => get<SearchSchema>('/api/search/schema', {}, signal),
    staleTime: 300_000,
  });
export const useSchema = () => useQuery(schemaQuery());
