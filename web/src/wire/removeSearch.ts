import { useMutation, useQueryClient } from '@tanstack/react-query';
import { part, remove } from './call';

export function useRemoveSearch() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => remove<void>(`/api/searches/${part(id)}`),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['searches'] }),
  });
}
