import { queryOptions, useQuery } from '@tanstack/react-query';
import { get, part } from './call';
import type { Run } from './types';

export const caseRunsQuery = (id: string) =>
  queryOptions({
    queryKey: ['case', id, 'runs'],
    queryFn: async ({ signal }) => (await get<{ runs: Run[] }>(`/api/cases/${part(id)}/runs`, {}, signal)).runs,
  });
export const useCaseRuns = (id: string) => useQuery(caseRunsQuery(id));
