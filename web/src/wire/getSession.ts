import { queryOptions, useQuery } from '@tanstack/react-query';
import { get, Refusal } from './call';
import type { Session } from './types';

/** Who is signed in; null when nobody is. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async ({ signal }): Promise<Session | null> => {
    try {
      return (await get<Session | undefined>('/api/session', {}, signal)) ?? null;
    } catch (why) {
      if (why instanceof Refusal && (why.status === 401 || why.status === 404)) return null;
      throw why;
    }
  },
  staleTime: 60_000,
  retry: 1,
});
export const useSession = () => useQuery(sessionQuery);
