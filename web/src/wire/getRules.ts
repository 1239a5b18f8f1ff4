import { queryOptions, useQuery } from '@tanstack/react-query';
import { get } from './call';
import type { RuleBook } from './types';

export const rulesQuery = (queue = '', q = '') =>
  queryOptions({
    queryKey: ['rules', queue, q],
    queryFn: ({ signal }) => get<RuleBook>('/api/rules', { queue, q }, signal),
    placeholderData: (before) => before,
  });
export const useRules = (queue = '', q = '') => useQuery(rulesQuery(queue, q));
