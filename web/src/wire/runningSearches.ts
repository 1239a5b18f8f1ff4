import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { get, part, post } from './call';
import type { components } from './schema';

export type RunningSearch = components['schemas']['RunningSearch'];

export const runningQuery = queryOptions({
  queryKey: ['running-searches'],
  queryFn: ({ signal }) => get<RunningSearch[]>('/api/search/running', {}, signal),
  refetchInterval: 2_000,
});
export const useRunning = () => useQuery(runningQuery);

export function useEndSearch() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (searchId: string) => post<void>(`/api/search/running/${part(searchId)}/end`, undefined),
    onSettled: () => cache.invalidateQueries({ queryKey: runningQuery.queryKey }),
  });
}
