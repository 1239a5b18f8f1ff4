import { useQuery } from '@tanstack/react-query';
import { get } from './call';
import type { SamplingList } from './types';

export const useSampling = () =>
  useQuery({ queryKey: ['sources', 'sampling'], queryFn: ({ signal }) => get<SamplingList>('/api/sources/sampling', {}, signal) });
