import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { get, remove } from './call';
import type { PastSearch } from './types';

/** What this person asked; nobody else sees it. */
export const historyQuery = () =>
  queryOptions({ queryKey: ['searchHistory'], queryFn: ({ signal }) => get<PastSearch[]>('/api/search/history', {}, signal) });
export const useHistory = (enabled: boolean) => useQuery({ ...historyQuery(), enabled, staleTime: 0 });

export function useForgetHistory() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => remove<void>('/api/search/history'),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['searchHistory'] }),
  });
}
