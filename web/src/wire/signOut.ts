import { useMutation, useQueryClient } from '@tanstack/react-query';
import { remove } from './call';
import { sessionQuery } from './getSession';

export function useSignOut() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => remove<void>('/api/session'),
    onSettled: () => {
      cache.clear();
      cache.setQueryData(sessionQuery.queryKey, null);
    },
  });
}
