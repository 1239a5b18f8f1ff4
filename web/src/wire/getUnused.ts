import { useQuery } from '@tanstack/react-query';
import { get } from './call';
import type { UnusedRow } from './types';

export const useUnused = () =>
  useQuery({
    queryKey: ['sources', 'unused'],
    queryFn: ({ signal }) => get<{ rows: UnusedRow[]; total: number; rules: number }>('/api/sources/unused', {}, signal),
  });
