import { queryOptions, useQuery } from '@tanstack/react-query';
import { get } from './call';
import type { CaseList } from './types';

export const casesQuery = (state: 'open' | 'closed' | '', q = '') =>
  queryOptions({
    queryKey: ['cases', state, q],
    queryFn: ({ signal }) => get<CaseList>('/api/cases', { state, q }, signal),
    placeholderData: (before) => before,
  });
export const useCases = (state: 'open' | 'closed' | '', q = '') => useQuery(casesQuery(state, q));
