import { useMutation, useQueryClient } from '@tanstack/react-query';
import { post } from './call';
import { sessionQuery } from './getSession';
import type { Session } from './types';

export function useSignIn() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (ask: { name: string; password: string }) => post<Session>('/api/session', ask),
    onSuccess: (session) => cache.setQueryData(sessionQuery.queryKey, session),
  });
}
