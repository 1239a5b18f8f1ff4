import { useMutation, useQueryClient } from '@tanstack/react-query';
import { part, post, remove } from './call';
import type { Dashboard, Panel, SearchParameter } from './types';

export interface SaveDashboardAsk {
  name: string;
  description: string;
  panels: Panel[];
  parameters: SearchParameter[];
  range: string;
  why: string;
  version: number;
}

/** A new dashboard, or the next version of the one named. */
export function useSaveDashboard() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ask }: { id: string | null; ask: SaveDashboardAsk }) =>
      post<Dashboard>(id ? `/api/dashboards/${part(id)}` : '/api/dashboards', ask),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['dashboards'] }),
  });
}

export function useRemoveDashboard() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => remove<void>(`/api/dashboards/${part(id)}`),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['dashboards'] }),
  });
}
