import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { get, post } from './call';
import type { Inbox } from './types';

export const inboxQuery = () =>
  queryOptions({ queryKey: ['inbox'], queryFn: ({ signal }) => get<Inbox>('/api/inbox', {}, signal), refetchInterval: 30_000 });
export const useInbox = () => useQuery(inboxQuery());

export function useReadMention() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (noteSeq: number) => post<void>(`/api/inbox/mentions/${noteSeq}/read`),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['inbox'] }),
  });
}
