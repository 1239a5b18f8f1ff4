import { queryOptions, useQuery } from '@tanstack/react-query';
import { get } from './call';
import type { BacktestBook } from './types';

export const backtestsQuery = (ruleId: string | undefined) =>
  queryOptions({
    queryKey: ['backtests', ruleId ?? ''],
    queryFn: ({ signal }) => get<BacktestBook>('/api/rules/backtests', { ruleId }, signal),
    refetchInterval: (query) => (query.state.data?.backtests.some((b) => b.state === 'running' || b.state === 'waiting') ? 700 : false),
  });
export const useBacktests = (ruleId: string | undefined) => useQuery(backtestsQuery(ruleId));
