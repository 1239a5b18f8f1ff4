import { queryOptions, useQuery } from '@tanstack/react-query';
import { get } from './call';
import type { Gap } from './types';

export const gapsQuery = (fromMs: number, toMs: number) =>
  queryOptions({
    queryKey: ['gaps', fromMs, toMs],
    queryFn: ({ signal }) => get<{ gaps: Gap[] }>('/api/gaps', { fromMs, toMs }, signal),
    placeholderData: (before) => before,
  });
export const useGaps = (fromMs: number, toMs: number) => useQuery(gapsQuery(fromMs, toMs));
