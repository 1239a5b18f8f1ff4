import { queryOptions, useQuery } from '@tanstack/react-query';
import { get, part } from './call';
import type { EventView } from './types';

export const eventQuery = (eventId: string | null) =>
  queryOptions({
    queryKey: ['event', eventId],
    queryFn: ({ signal }) => get<EventView>(`/api/events/${part(eventId ?? '')}`, {}, signal),
    enabled: !!eventId,
    staleTime: Infinity,
  });
export const useEvent = (eventId: string | null) => useQuery(eventQuery(eventId));
