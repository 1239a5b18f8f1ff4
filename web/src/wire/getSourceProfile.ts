import { useQuery } from '@tanstack/react-query';
import { get } from './call';
import type { SourceProfile } from './types';

export const useSourceProfile = (id: string) =>
  useQuery({ queryKey: ['sources', id, 'profile'], queryFn: ({ signal }) => get<SourceProfile>('/api/sources/profile', { id }, signal) });
