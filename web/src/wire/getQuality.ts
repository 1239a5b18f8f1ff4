import { useQuery } from '@tanstack/react-query';
import { get } from './call';
import type { QualityTable } from './types';

export const useQuality = (by: string, period: number) =>
  useQuery({
    queryKey: ['sources', 'quality', by, period],
    queryFn: ({ signal }) => get<QualityTable>('/api/sources/quality/rows', { by, period }, signal),
    refetchInterval: 60_000,
  });
