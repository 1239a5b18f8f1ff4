import { useMutation, useQueryClient } from '@tanstack/react-query';
import { part, post } from './call';
import type { Run } from './types';

export function useStartRun(caseId: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (playbookId: string) => post<Run>(`/api/cases/${part(caseId)}/runs`, { playbookId }),
    onSuccess: () => Promise.all([['case', caseId], ['board']].map((queryKey) => cache.invalidateQueries({ queryKey }))),
  });
}
