import { useMutation, useQueryClient } from '@tanstack/react-query';
import { post } from './call';
import type { Card } from './types';

export function usePullBest() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (domain?: string) => post<Card>('/api/board/pull', { domain }),
    onSuccess: () => Promise.all([['board'], ['cases']].map((queryKey) => cache.invalidateQueries({ queryKey }))),
  });
}
