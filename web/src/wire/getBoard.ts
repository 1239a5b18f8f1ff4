import { queryOptions, useQuery } from '@tanstack/react-query';
import { get } from './call';
import type { Board } from './types';

export const boardQuery = () =>
  queryOptions({
    queryKey: ['board'],
    queryFn: ({ signal }) => get<Board>('/api/board', {}, signal),
    refetchInterval: 60_000,
  });
export const useBoard = () => useQuery(boardQuery());
