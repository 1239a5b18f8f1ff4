import { queryOptions, useQuery } from '@tanstack/react-query';
import { post } from './call';
import type { BoxAnswer } from './types';

/** What the plain search box's words become in KQL. */
export const boxQuery = (text: string) =>
  queryOptions({
    queryKey: ['box', text],
    queryFn: ({ signal }) => post<BoxAnswer>('/api/search/box', { text }, signal),
    staleTime: Infinity,
    retry: false,
    placeholderData: (before) => before,
  });
export const useBox = (text: string) => useQuery(boxQuery(text));
