import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { get, post } from './call';
import type { BoardSettings } from './types';

export const boardSettingsQuery = () =>
  queryOptions({ queryKey: ['boardSettings'], queryFn: ({ signal }) => get<BoardSettings>('/api/board/settings', {}, signal) });
export const useBoardSettings = () => useQuery(boardSettingsQuery());

export function useSetBoard() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (ask: { what: 'limits' | 'split' | 'people'; with: Record<string, unknown> }) =>
      post<BoardSettings>(`/api/board/settings/${ask.what}`, ask.with),
    onSuccess: (now) => {
      cache.setQueryData(boardSettingsQuery().queryKey, now);
      return cache.invalidateQueries({ queryKey: ['board'] });
    },
  });
}
