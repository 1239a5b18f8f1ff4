import { queryOptions, useQuery } from '@tanstack/react-query';
import { get } from './call';
import type { PlaybookDetail } from './types';

export const playbookQuery = (id: string) =>
  queryOptions({
    queryKey: ['playbooks', id],
    queryFn: ({ signal }) => get<PlaybookDetail>('/api/playbooks/one', { id }, signal),
  });
export const usePlaybook = (id: string) => useQuery(playbookQuery(id));
