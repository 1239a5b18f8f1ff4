import { useMutation, useQueryClient } from '@tanstack/react-query';
import { post } from './call';

export function useEnableRule() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (ask: { ruleId: string; enabled: boolean; why: string }) => post<unknown>('/api/rules/enabled', ask),
    onSuccess: () => Promise.all([['rules']].map((queryKey) => cache.invalidateQueries({ queryKey }))),
  });
}
