import { queryOptions, useQuery } from '@tanstack/react-query';
import { get } from './call';
import type { Fact } from './types';

export const factQuery = (seq: number) =>
  queryOptions({
    queryKey: ['fact', seq],
    queryFn: ({ signal }) => get<Fact>(`/api/facts/${seq}`, {}, signal),
    staleTime: Infinity,
  });
export const useFact = (seq: number) => useQuery(factQuery(seq));
