import { useMutation, useQueryClient } from '@tanstack/react-query';
import { post } from './call';
import type { Card } from './types';

export function usePlanCard() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (ask: { title: string; text: string; work: string; domain: string; skill?: string; dueMs?: number }) =>
      post<Card>('/api/board/planned', ask),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['board'] }),
  });
}
