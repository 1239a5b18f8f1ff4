import { queryOptions, useQuery } from '@tanstack/react-query';
import { get } from './call';
import type { ExposureWindow } from './types';

export const windowsQuery = () =>
  queryOptions({
    queryKey: ['exposure', 'windows'],
    queryFn: ({ signal }) => get<{ windows: ExposureWindow[] }>('/api/exposure/windows', {}, signal),
  });
export const useWindows = () => useQuery(windowsQuery());
