import { queryOptions, useQuery } from '@tanstack/react-query';
import { get } from './call';
import type { RuleDetail } from './types';

export const ruleQuery = (id: string) =>
  queryOptions({
    queryKey: ['rules', 'one', id],
    queryFn: ({ signal }) => get<RuleDetail>('/api/rules/one', { id }, signal),
    // Hits make no fact, so nothing tells the page of them.
    refetchInterval: 15_000,
  });
export const useRule = (id: string) => useQuery(ruleQuery(id));
