import { useMutation, useQueryClient } from '@tanstack/react-query';
import { post } from './call';
import type { ScopeBook } from './types';

export function useSwitchScope() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (ask: { product?: string | null; category?: string | null; service?: string | null; inScope: boolean; why: string }) =>
      post<ScopeBook>('/api/rules/scopes', ask),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['rules'] }),
  });
}
