import { useMutation, useQueryClient } from '@tanstack/react-query';
import { post } from './call';
import type { RuleQueue } from './types';

export function useQueueRule() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (ask: { ruleId: string; queue: RuleQueue; why: string }) => post<unknown>('/api/rules/queue', ask),
    onSuccess: () => Promise.all([['rules']].map((queryKey) => cache.invalidateQueries({ queryKey }))),
  });
}
