import { queryOptions, useQuery } from '@tanstack/react-query';
import { get } from './call';
import type { EventView } from './types';

export const eventsQuery = (ids: string[]) =>
  queryOptions({
    queryKey: ['events', ids.join()],
    queryFn: async ({ signal }) => {
      const answer = await get<EventView[] | { events: EventView[] }>('/api/events', { ids: ids.join() }, signal);
      return Array.isArray(answer) ? answer : answer.events;
    },
    enabled: ids.length > 0,
    staleTime: Infinity,
  });
export const useEvents = (ids: string[]) => useQuery(eventsQuery(ids));
