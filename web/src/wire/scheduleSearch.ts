import { useMutation, useQueryClient } from '@tanstack/react-query';
import { part, post } from './call';
import type { Level, RuleQueue, SavedSearch, ScheduledEntity } from './types';

export interface ScheduleAsk {
  enabled: boolean;
  everyMinutes: number;
  lookBackMinutes: number;
  title: string;
  level: Level;
  queue: RuleQueue;
  entities: ScheduledEntity[];
  values: Record<string, string>;
  why: string;
}

export function useScheduleSearch() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ask }: { id: string; ask: ScheduleAsk }) => post<SavedSearch>(`/api/searches/${part(id)}/schedule`, ask),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['searches'] }),
  });
}
