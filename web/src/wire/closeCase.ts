import { useMutation, useQueryClient } from '@tanstack/react-query';
import { part, post } from './call';
import type { CloseAsk } from './types';

export function useCloseCase(caseId: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (ask: CloseAsk) => post<unknown>(`/api/cases/${part(caseId)}/close`, ask),
    onSuccess: () =>
      Promise.all(
        [['case', caseId], ['board'], ['cases'], ['measures'], ['gaps']].map((queryKey) => cache.invalidateQueries({ queryKey })),
      ),
  });
}
