import { useMutation, useQueryClient } from '@tanstack/react-query';
import { post } from './call';
import type { Promoted } from './types';

export function useDecidePromotion() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (ask: { ruleId: string; approve: boolean; why: string }) => post<Promoted>('/api/rules/promote/decide', ask),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['rules'] }),
  });
}
