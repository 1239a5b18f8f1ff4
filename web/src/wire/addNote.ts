import { useMutation, useQueryClient } from '@tanstack/react-query';
import { part, post } from './call';

export function useAddNote(caseId: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (text: string) => post<unknown>(`/api/cases/${part(caseId)}/notes`, { text }),
    onSuccess: () =>
      Promise.all(
        [
          ['case', caseId],
          ['facts', caseId],
        ].map((queryKey) => cache.invalidateQueries({ queryKey })),
      ),
  });
}
