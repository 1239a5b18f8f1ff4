import { useMutation, useQueryClient } from '@tanstack/react-query';
import { post } from './call';
import type { Reparse } from './types';

export function useBeginReparse() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (ask: { fromMs: number; toMs: number; why: string }) => post<Reparse>('/api/keep/reparse', ask),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['reparse'] }),
  });
}
