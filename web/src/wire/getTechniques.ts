import { queryOptions, useQuery } from '@tanstack/react-query';
import { get } from './call';

export interface Technique {
  id: string;
  name: string;
  tactics: string[];
}

export const techniquesQuery = () =>
  queryOptions({
    queryKey: ['techniques'],
    queryFn: ({ signal }) => get<{ techniques: Technique[] }>('/api/attack', {}, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
export const useTechniques = () => useQuery(techniquesQuery());
