import { queryOptions, useQuery } from '@tanstack/react-query';
import { get } from './call';
import type { Asset } from './types';

export const assetsQuery = () =>
  queryOptions({
    queryKey: ['exposure', 'assets'],
    queryFn: ({ signal }) => get<{ assets: Asset[] }>('/api/exposure/assets', {}, signal),
  });
export const useAssets = () => useQuery(assetsQuery());
