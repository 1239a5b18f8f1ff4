import { useMutation, useQueryClient } from '@tanstack/react-query';
import { part, post } from './call';
import type { Run } from './types';

export function useAnswerStep(runId: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (ask: { stepId: string; outcome: 'succeeded' | 'failed'; text: string; variables?: Record<string, string> }) =>
      post<Run>(`/api/runs/${part(runId)}/steps/${part(ask.stepId)}`, { outcome: ask.outcome, text: ask.text, variables: ask.variables }),
    onSuccess: () => Promise.all([['run', runId], ['case'], ['board']].map((queryKey) => cache.invalidateQueries({ queryKey }))),
  });
}
