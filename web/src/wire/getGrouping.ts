import { queryOptions, useQuery } from '@tanstack/react-query';
import { get, part } from './call';
import type { Grouping } from './types';

export const groupingQuery = (id: string) =>
  queryOptions({
    queryKey: ['case', id, 'grouping'],
    queryFn: ({ signal }) => get<Grouping>(`/api/cases/${part(id)}/grouping`, {}, signal),
  });
export const useGrouping = (id: string) => useQuery(groupingQuery(id));
