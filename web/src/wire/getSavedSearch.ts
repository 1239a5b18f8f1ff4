import { queryOptions, useQuery } from '@tanstack/react-query';
import { get, part } from './call';
import type { SavedDetail } from './types';

export const savedSearchQuery = (id: string) =>
  queryOptions({
    queryKey: ['searches', 'one', id],
    queryFn: ({ signal }) => get<SavedDetail>(`/api/searches/${part(id)}`, {}, signal),
    // Runs of a schedule make no fact, so nothing tells the page of them.
    refetchInterval: 10_000,
  });
export const useSavedSearch = (id: string) => useQuery(savedSearchQuery(id));
