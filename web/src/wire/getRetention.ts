import { useQuery } from '@tanstack/react-query';
import { get } from './call';

/** The retention classes by their names; not what each source has, for which the engine goes through all events. */
export const useRetentionClasses = () =>
  useQuery({
    queryKey: ['retention', 'classes'],
    queryFn: ({ signal }) => get<{ classes: { classId: string }[] }>('/api/keep/retention', { sources: 'false' }, signal),
    staleTime: 60_000,
    retry: false,
  });
