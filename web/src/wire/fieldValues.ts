import { queryOptions, useQuery } from '@tanstack/react-query';
import { post } from './call';
import type { FieldValues, SearchValue } from './types';

export interface FieldValuesAsk {
  kql: string;
  fromMs: number;
  toMs: number;
  values?: SearchValue[];
  field: string;
  top: number;
}

/** The values of a field over all rows of a query, counted by the server. */
export const fieldValuesQuery = (ask: FieldValuesAsk) =>
  queryOptions({
    queryKey: ['fieldValues', ask],
    queryFn: ({ signal }) => post<FieldValues>('/api/search/values', ask, signal),
    staleTime: Infinity,
    gcTime: 60_000,
    retry: false,
  });
export const useFieldValues = (ask: FieldValuesAsk) => useQuery(fieldValuesQuery(ask));
