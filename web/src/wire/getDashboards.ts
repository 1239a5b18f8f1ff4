import { queryOptions, useQuery } from '@tanstack/react-query';
import { get } from './call';
import type { Dashboard } from './types';

export const dashboardsQuery = () =>
  queryOptions({
    queryKey: ['dashboards'],
    queryFn: ({ signal }) => get<Dashboard[]>('/api/dashboards', {}, signal),
    staleTime: 60_000,
  });
export const useDashboards = () => useQuery(dashboardsQuery());
