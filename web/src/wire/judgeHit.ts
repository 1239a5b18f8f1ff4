import { useMutation, useQueryClient } from '@tanstack/react-query';
import { post } from './call';
import type { RuleVerdicts, Verdict } from './types';

export function useJudgeHit() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (ask: { ruleId: string; event: string; verdict: Verdict; why: string }) => post<RuleVerdicts>('/api/rules/judge', ask),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['rules'] }),
  });
}
