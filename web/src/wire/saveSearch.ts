import { useMutation, useQueryClient } from '@tanstack/react-query';
import { part, post } from './call';
import type { SavedSearch, SearchParameter } from './types';

export interface SaveSearchAsk {
  name: string;
  description: string;
  kql: string;
  parameters: SearchParameter[];
  tags: string[];
  range: string;
  why: string;
  /** The version that was looked at; 0 for a new search. */
  version: number;
}

/** A new search, or the next version of the one named. */
export function useSaveSearch() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ask }: { id: string | null; ask: SaveSearchAsk }) =>
      post<SavedSearch>(id ? `/api/searches/${part(id)}` : '/api/searches', ask),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['searches'] }),
  });
}
