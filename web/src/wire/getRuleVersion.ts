import { queryOptions, useQuery } from '@tanstack/react-query';
import { get } from './call';
import type { RuleText } from './types';

export const ruleVersionQuery = (hash: string | null) =>
  queryOptions({
    queryKey: ['rule-text', hash],
    queryFn: ({ signal }) => get<RuleText>('/api/rules/version', { hash }, signal),
    enabled: !!hash,
    staleTime: Infinity,
  });
export const useRuleVersion = (hash: string | null) => useQuery(ruleVersionQuery(hash));
