import { useMutation, useQueryClient } from '@tanstack/react-query';
import { post } from './call';
import type { ParserSaved } from './types';

export function useSaveParser() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (ask: { text: string; why: string }) => post<ParserSaved>('/api/parsers/save', ask),
    onSuccess: () => Promise.all([['parsers'], ['preview'], ['sources']].map((queryKey) => cache.invalidateQueries({ queryKey }))),
  });
}

export function useWithdrawParser() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (ask: { name: string; why: string }) => post<ParserSaved>('/api/parsers/withdraw', ask),
    onSuccess: () => Promise.all([['parsers'], ['preview'], ['sources']].map((queryKey) => cache.invalidateQueries({ queryKey }))),
  });
}
