import { queryOptions, useQuery } from '@tanstack/react-query';
import { get } from './call';
import type { SourceDetail } from './types';

export const sourceQuery = (id: string) =>
  queryOptions({
    queryKey: ['sources', id],
    queryFn: ({ signal }) => get<SourceDetail>('/api/sources/one', { id }, signal),
    refetchInterval: 30_000,
  });
export const useSource = (id: string) => useQuery(sourceQuery(id));
