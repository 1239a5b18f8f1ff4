import { useQuery } from '@tanstack/react-query';
import { get } from './call';
import type { Backlog } from './types';

export const useBacklog = () =>
  useQuery({ queryKey: ['sources', 'backlog'], queryFn: ({ signal }) => get<Backlog>('/api/sources/backlog', {}, signal) });
