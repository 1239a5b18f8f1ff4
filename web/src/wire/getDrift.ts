import { useQuery } from '@tanstack/react-query';
import { get } from './call';
import type { DriftReport } from './types';

export const useDrift = () =>
  useQuery({ queryKey: ['sources', 'drift'], queryFn: ({ signal }) => get<DriftReport>('/api/sources/drift', {}, signal) });
