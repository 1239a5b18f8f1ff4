import { useMutation, useQueryClient } from '@tanstack/react-query';
import { part, post } from './call';
import type { Run } from './types';

export function useCancelRun(runId: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => post<Run>(`/api/runs/${part(runId)}/cancel`),
    onSuccess: () => Promise.all([['run', runId], ['case'], ['board']].map((queryKey) => cache.invalidateQueries({ queryKey }))),
  });
}
