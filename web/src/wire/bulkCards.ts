import { useMutation, useQueryClient } from '@tanstack/react-query';
import { post } from './call';
import type { BulkAnswer, CloseAsk, Lane } from './types';

export interface BulkAsk {
  caseIds: string[];
  act: 'take' | 'move' | 'route' | 'snooze' | 'wake' | 'close';
  why?: string;
  to?: Lane;
  override: boolean;
  domain?: string;
  untilMs?: number;
  close?: CloseAsk;
}

/** One gesture on many cards; each has its own answer. */
export function useBulkCards() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (ask: BulkAsk) => post<BulkAnswer>('/api/board/bulk', ask),
    onSuccess: () => Promise.all([['board'], ['case'], ['cases']].map((queryKey) => cache.invalidateQueries({ queryKey }))),
  });
}
