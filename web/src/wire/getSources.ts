import { queryOptions, useQuery } from '@tanstack/react-query';
import { get } from './call';
import type { Source } from './types';

export const sourcesQuery = () =>
  queryOptions({
    queryKey: ['sources'],
    queryFn: ({ signal }) => get<{ sources: Source[] }>('/api/sources', {}, signal),
    refetchInterval: 30_000,
  });
export const useSources = () => useQuery(sourcesQuery());
