import { queryOptions, useQuery } from '@tanstack/react-query';
import { get } from './call';
import type { Metric } from './types';

export const measuresQuery = (fromMs: number, toMs: number) =>
  queryOptions({
    queryKey: ['measures', fromMs, toMs],
    queryFn: ({ signal }) => get<{ metrics: Metric[] }>('/api/measures', { fromMs, toMs }, signal),
    placeholderData: (before) => before,
  });
export const useMeasures = (fromMs: number, toMs: number) => useQuery(measuresQuery(fromMs, toMs));
