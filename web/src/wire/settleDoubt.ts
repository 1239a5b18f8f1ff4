import { useMutation, useQueryClient } from '@tanstack/react-query';
import { part, post } from './call';
import type { DoubtChoice, Run } from './types';

export function useSettleDoubt(runId: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (ask: { stepId: string; choice: DoubtChoice }) =>
      post<Run>(`/api/runs/${part(runId)}/steps/${part(ask.stepId)}/doubt`, { choice: ask.choice }),
    onSuccess: () => Promise.all([['run', runId], ['case'], ['board']].map((queryKey) => cache.invalidateQueries({ queryKey }))),
  });
}
