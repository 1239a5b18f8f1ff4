import { useMutation, useQueryClient } from '@tanstack/react-query';
import { post } from './call';
import type { Promoted } from './types';

export function usePromoteRule() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (ask: { ruleId: string; why: string; override?: string }) => post<Promoted>('/api/rules/promote', ask),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['rules'] }),
  });
}
