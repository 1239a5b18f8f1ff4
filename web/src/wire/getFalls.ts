import { useQuery } from '@tanstack/react-query';
import { get, part } from './call';
import type { Falls } from './types';

/** What would fall away if a signal's join were undone. */
export const useFalls = (caseId: string, signalId: string) =>
  useQuery({
    queryKey: ['case', caseId, 'falls', signalId],
    queryFn: ({ signal }) => get<Falls>(`/api/cases/${part(caseId)}/falls`, { signal: signalId }, signal),
    gcTime: 0,
  });
