import { queryOptions, useQuery } from '@tanstack/react-query';
import { get } from './call';
import type { Fact } from './types';

export const factsQuery = (subject: string) =>
  queryOptions({
    queryKey: ['facts', subject],
    queryFn: async ({ signal }) => {
      const answer = await get<Fact[] | { facts: Fact[] }>('/api/facts', { subject }, signal);
      return Array.isArray(answer) ? answer : answer.facts;
    },
  });
export const useFacts = (subject: string) => useQuery(factsQuery(subject));
