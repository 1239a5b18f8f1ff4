import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { get, part, post } from './call';
import type { RemediationRequest } from './types';

export interface RequestAsk {
  to?: string;
  what: string;
  where: string[];
  why: string;
  dueMs?: number;
  check: { kind: string; subject: string; quietMinutes: number };
}

export const useCaseRequests = (caseId: string) =>
  useQuery({
    queryKey: ['requests', caseId],
    queryFn: ({ signal }) => get<{ requests: RemediationRequest[]; pending: number }>(`/api/cases/${part(caseId)}/requests`, {}, signal),
  });

export function useAskOperations(caseId: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (ask: RequestAsk) => post<RemediationRequest>(`/api/cases/${part(caseId)}/requests`, ask),
    onSuccess: () => Promise.all([['board'], ['case'], ['inbox'], ['requests']].map((queryKey) => cache.invalidateQueries({ queryKey }))),
  });
}

export type RequestAct = 'accept' | 'done' | 'refuse' | 'verify' | 'return' | 'withdraw';
const byOperations: RequestAct[] = ['accept', 'done', 'refuse'];

export function useRequestAct() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (ask: { requestId: string; act: RequestAct; text: string }) =>
      post<RemediationRequest>(
        `/api/requests/${part(ask.requestId)}/${ask.act}`,
        byOperations.includes(ask.act) ? { text: ask.text } : { note: ask.text },
      ),
    onSuccess: () => Promise.all([['board'], ['case'], ['inbox'], ['requests']].map((queryKey) => cache.invalidateQueries({ queryKey }))),
  });
}
