import { useQuery } from '@tanstack/react-query';
import { get } from './call';

export const useParser = (name: string) =>
  useQuery({
    queryKey: ['parsers', name],
    queryFn: ({ signal }) => get<{ name: string; text: string }>('/api/parsers/one', { name }, signal),
    enabled: name !== '',
    retry: false,
  });
