import { queryOptions, useQuery } from '@tanstack/react-query';
import { get } from './call';
import type { RuleExplanation } from './types';

export const explainQuery = (ruleId: string, event: string) =>
  queryOptions({
    queryKey: ['explain', ruleId, event],
    queryFn: ({ signal }) => get<RuleExplanation>('/api/rules/explain', { ruleId, event }, signal),
    enabled: event !== '',
    retry: false,
  });
export const useExplanation = (ruleId: string, event: string) => useQuery(explainQuery(ruleId, event));
