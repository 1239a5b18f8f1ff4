import { useMutation, useQueryClient } from '@tanstack/react-query';
import { post } from './call';
import type { CaseView } from './types';

export function useOpenCase() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (ask: {
      title: string;
      text: string;
      entities: { kind: string; value: string }[];
      template?: string;
      fields?: Record<string, string>;
      atMs?: number;
    }) => post<CaseView>('/api/cases', ask),
    onSuccess: () => Promise.all([['board'], ['cases']].map((queryKey) => cache.invalidateQueries({ queryKey }))),
  });
}
