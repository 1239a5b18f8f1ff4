import { useMutation, useQueryClient } from '@tanstack/react-query';
import { part, post } from './call';

export function useReopenCase(caseId: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (why: string) => post<unknown>(`/api/cases/${part(caseId)}/reopen`, { why }),
    onSuccess: () => Promise.all([['case', caseId], ['board'], ['cases']].map((queryKey) => cache.invalidateQueries({ queryKey }))),
  });
}
