import { queryOptions, useQuery } from '@tanstack/react-query';
import { post } from './call';
import type { Histogram, HistogramAsk } from './types';

export const histogramQuery = (ask: HistogramAsk | null, turn: number) =>
  queryOptions({
    queryKey: ['histogram', ask, turn],
    queryFn: ({ signal }) => post<Histogram>('/api/search/histogram', ask, signal),
    enabled: ask !== null,
    staleTime: Infinity,
    gcTime: 60_000,
    retry: false,
    placeholderData: (before) => before,
  });
export const useHistogram = (ask: HistogramAsk | null, turn: number) => useQuery(histogramQuery(ask, turn));
