import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { get, post } from './call';

/** What is masked in this house, and whether one sees it in clear. */
export interface Masked {
  fields: string[];
  clear: boolean;
  untilMs: number;
}

export const maskedQuery = queryOptions({
  queryKey: ['masked'],
  queryFn: ({ signal }) => get<Masked>('/api/search/masked', {}, signal),
  staleTime: 60_000,
});
export const useMasked = () => useQuery(maskedQuery);

export function useUnmask() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (ask: { why: string; minutes: number }) => post<Masked>('/api/search/unmask', ask),
    // Everything that was answered masked is asked again.
    onSuccess: () => cache.invalidateQueries(),
  });
}
