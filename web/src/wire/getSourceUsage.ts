import { useQuery } from '@tanstack/react-query';
import { get } from './call';
import type { UsageView } from './types';

export const useSourceUsage = (id: string) =>
  useQuery({ queryKey: ['sources', id, 'usage'], queryFn: ({ signal }) => get<UsageView>('/api/sources/usage', { id }, signal) });
