import { queryOptions, useQuery } from '@tanstack/react-query';
import { get } from './call';
import type { CorrelationLook } from './types';

export const lookQuery = (ruleId: string) =>
  queryOptions({
    queryKey: ['rules', 'look', ruleId],
    queryFn: ({ signal }) => get<CorrelationLook>('/api/rules/look', { ruleId, most: 20 }, signal),
    // Windows fill and run out by the second, and no fact tells of it.
    refetchInterval: 3_000,
  });
export const useLook = (ruleId: string) => useQuery(lookQuery(ruleId));
