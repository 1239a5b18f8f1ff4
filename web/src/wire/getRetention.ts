import { useQuery } from '@tanstack/react-query';
import { get } from './call';

/** What is really searchable, beside what was promised. */
export interface Retention {
  classes: { classId: string }[];
  sources: {
    sourceId: string;
    classId: string;
    firstMs: number;
    lastMs: number;
    days: number;
    promisedDays?: number | null;
    events: number;
  }[];
  recordsFromMs?: number | null;
}

export const useRetention = () =>
  useQuery({
    queryKey: ['retention'],
    queryFn: ({ signal }) => get<Retention>('/api/keep/retention', {}, signal),
    staleTime: 60_000,
    retry: false,
  });
