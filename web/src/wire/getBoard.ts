import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { get } from './call';
import type { Board } from './types';

export const boardQuery = (filter = '') =>
  queryOptions({
    queryKey: ['board', filter],
    queryFn: ({ signal }) => get<Board>('/api/board', { filter: filter || undefined }, signal),
    // Another filter: the cards before stay in view until the new ones are here.
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
  });
export const useBoard = (filter = '') => useQuery(boardQuery(filter));
