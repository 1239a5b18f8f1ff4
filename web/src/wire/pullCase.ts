import { useMutation, useQueryClient } from '@tanstack/react-query';
import { part, post } from './call';
import type { Card } from './types';

export function usePullCase() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (ask: { caseId: string; why?: string }) => post<Card>(`/api/cases/${part(ask.caseId)}/pull`, { why: ask.why }),
    onSuccess: () => Promise.all([['board'], ['case'], ['cases']].map((queryKey) => cache.invalidateQueries({ queryKey }))),
  });
}
