import { queryOptions, useQuery } from '@tanstack/react-query';
import { get } from './call';
import type { ScopeBook } from './types';

export const scopesQuery = () =>
  queryOptions({
    queryKey: ['rules', 'scopes'],
    queryFn: ({ signal }) => get<ScopeBook>('/api/rules/scopes', {}, signal),
  });
export const useScopes = () => useQuery(scopesQuery());
