import { useQuery } from '@tanstack/react-query';
import { get } from './call';
import type { Reparse } from './types';

export const useReparse = () =>
  useQuery({
    queryKey: ['reparse'],
    queryFn: ({ signal }) => get<Reparse | null>('/api/keep/reparse', {}, signal).then((r) => r ?? null),
    refetchInterval: (q) => (q.state.data?.state === 'running' ? 1_000 : 30_000),
  });
