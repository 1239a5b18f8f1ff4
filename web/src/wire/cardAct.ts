import { useMutation, useQueryClient } from '@tanstack/react-query';
import { part, post } from './call';
import type { Card } from './types';

export type CardAct = 'route' | 'class' | 'wait' | 'resume' | 'snooze' | 'wake' | 'done';

/** One act on one card; the answer is the card as it stands now. */
export function useCardAct() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (ask: { caseId: string; act: CardAct; with: Record<string, unknown> }) =>
      post<Card>(`/api/cases/${part(ask.caseId)}/${ask.act}`, ask.with),
    onSuccess: () => Promise.all([['board'], ['case'], ['cases']].map((queryKey) => cache.invalidateQueries({ queryKey }))),
  });
}
