import { queryOptions, useQuery } from '@tanstack/react-query';
import { get } from './call';
import type { PlaybookBook } from './types';

export const playbooksQuery = () =>
  queryOptions({
    queryKey: ['playbooks'],
    queryFn: ({ signal }) => get<PlaybookBook>('/api/playbooks', {}, signal),
  });
export const usePlaybooks = () => useQuery(playbooksQuery());
