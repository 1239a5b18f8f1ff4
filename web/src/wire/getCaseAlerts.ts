import { queryOptions, useQuery } from '@tanstack/react-query';
import { get, part } from './call';
import type { CaseAlerts } from './types';

export const caseAlertsQuery = (id: string, skip: number, take: number) =>
  queryOptions({
    queryKey: ['case', id, 'alerts', skip, take],
    queryFn: ({ signal }) => get<CaseAlerts>(`/api/cases/${part(id)}/alerts`, { skip, take }, signal),
    staleTime: 30_000,
  });
export const useCaseAlerts = (id: string, skip: number, take: number) => useQuery(caseAlertsQuery(id, skip, take));
