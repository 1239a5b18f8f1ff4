import { queryOptions, useQuery } from '@tanstack/react-query';
import { get, part } from './call';
import type { Run } from './types';

export const runQuery = (runId: string) =>
  queryOptions({
    queryKey: ['run', runId],
    queryFn: ({ signal }) => get<Run>(`/api/runs/${part(runId)}`, {}, signal),
  });
export const useRun = (runId: string) => useQuery(runQuery(runId));
