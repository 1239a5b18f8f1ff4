import { useMutation, useQueryClient } from '@tanstack/react-query';
import { post } from './call';
import type { Backtest } from './types';

export function useCancelBacktest() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (backtestId: string) => post<Backtest>('/api/rules/backtest/cancel', { backtestId }),
    onSettled: () => cache.invalidateQueries({ queryKey: ['backtests'] }),
  });
}
