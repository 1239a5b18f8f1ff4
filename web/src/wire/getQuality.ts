import { useQuery } from '@tanstack/react-query';
import { get } from './call';
import type { KeptTable, QualityTable } from './types';

export const useQuality = (by: string, period: number) =>
  useQuery({
    queryKey: ['sources', 'quality', by, period],
    queryFn: ({ signal }) => get<QualityTable>('/api/sources/quality/rows', { by, period }, signal),
    refetchInterval: 60_000,
  });

/** How far back can be searched, part by part; the engine goes through all events for it. */
export const useKept = (by: string) =>
  useQuery({
    queryKey: ['kept', by],
    queryFn: ({ signal }) => get<KeptTable>('/api/sources/quality/kept', { by }, signal),
    staleTime: 60_000,
    retry: false,
  });
