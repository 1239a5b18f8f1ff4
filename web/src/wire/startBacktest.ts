import { useMutation, useQueryClient } from '@tanstack/react-query';
import { post } from './call';
import type { Backtest } from './types';

export function useStartBacktest() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (ask: { ruleId?: string; yaml?: string; from: number; to: number }) => post<Backtest>('/api/rules/backtest', ask),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['backtests'] }),
  });
}
