import { useMutation, useQueryClient } from '@tanstack/react-query';
import { post } from './call';

export function useOwnSource() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (ask: { sourceId: string; name: string; owner: string; unit: string }) => post<unknown>('/api/sources/owner', ask),
    onSuccess: () => Promise.all([['sources']].map((queryKey) => cache.invalidateQueries({ queryKey }))),
  });
}
