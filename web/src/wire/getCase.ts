import { queryOptions, useQuery } from '@tanstack/react-query';
import { get, part } from './call';
import type { CaseView } from './types';

export const caseQuery = (id: string) =>
  queryOptions({
    queryKey: ['case', id],
    queryFn: ({ signal }) => get<CaseView>(`/api/cases/${part(id)}`, {}, signal),
  });
export const useCase = (id: string) => useQuery(caseQuery(id));
