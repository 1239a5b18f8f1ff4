import { useQuery } from '@tanstack/react-query';
import { get } from './call';
import type { DriftReport } from './types';

/** Where sources left what was agreed; of those that nobody confirmed only how many they are, for they may be thousands. */
export const useDrift = () =>
  useQuery({ queryKey: ['sources', 'drift'], queryFn: ({ signal }) => get<DriftReport>('/api/sources/drift', { unknown: 0 }, signal) });
