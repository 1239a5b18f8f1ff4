import { useQuery } from '@tanstack/react-query';
import { get } from './call';
import type { SourceGroup } from './types';

export const useSourceGroups = () =>
  useQuery({
    queryKey: ['sources', 'groups'],
    queryFn: ({ signal }) => get<{ groups: SourceGroup[] }>('/api/sources/groups', { members: 'false' }, signal),
  });
