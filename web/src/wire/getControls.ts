import { queryOptions, useQuery } from '@tanstack/react-query';
import { get } from './call';
import type { Control } from './types';

export const controlsQuery = () =>
  queryOptions({
    queryKey: ['controls'],
    queryFn: ({ signal }) => get<{ controls: Control[] }>('/api/controls', {}, signal),
    staleTime: 300_000,
  });
export const useControls = () => useQuery(controlsQuery());
