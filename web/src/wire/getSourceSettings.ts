import { useQuery } from '@tanstack/react-query';
import { get } from './call';
import type { SourceSettings } from './types';

export const useSourceSettings = () =>
  useQuery({ queryKey: ['sources', 'settings'], queryFn: ({ signal }) => get<SourceSettings>('/api/sources/settings', {}, signal) });
