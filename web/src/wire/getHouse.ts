import { queryOptions, useQuery } from '@tanstack/react-query';
import { get } from './call';
import type { House } from './types';

export const houseQuery = () =>
  queryOptions({
    queryKey: ['house'],
    queryFn: ({ signal }) => get<House>('/api/house', {}, signal),
    refetchInterval: 15_000,
  });
export const useHouse = () => useQuery(houseQuery());
