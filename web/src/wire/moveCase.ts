import { useMutation, useQueryClient } from '@tanstack/react-query';
import { part, post } from './call';
import type { Card, Lane } from './types';

export function useMoveCase() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (ask: { caseId: string; to: Lane; why: string; override?: boolean }) =>
      post<Card>(`/api/cases/${part(ask.caseId)}/lane`, { to: ask.to, why: ask.why, override: ask.override }),
    onSuccess: () => Promise.all([['board'], ['case'], ['cases']].map((queryKey) => cache.invalidateQueries({ queryKey }))),
  });
}
