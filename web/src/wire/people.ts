// People, roles, ingest tokens: what an administrator looks after, and one's own password.
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { get, part, post, remove } from './call';
import { sessionQuery } from './getSession';
import type { components } from './schema';
import type { SearchAnswer } from './types';

type Schemas = components['schemas'];
export type Person = Schemas['UserView'];
export type Role = Schemas['RoleView'];
export type People = Schemas['UsersView'];
export type OneTime = Schemas['OneTime'];

export const peopleQuery = queryOptions({
  queryKey: ['people'],
  queryFn: ({ signal }) => get<People>('/api/users', {}, signal),
  refetchInterval: 30_000,
  retry: false,
});
export const usePeople = () => useQuery(peopleQuery);

/** What was done to people and tokens, and who came in: facts, read as any other table. */
export const peopleFactsQuery = queryOptions({
  queryKey: ['people', 'facts'],
  queryFn: async ({ signal }) => {
    const kql =
      "Facts | where type startswith 'user.' or type startswith 'token.' | sort by seq desc | take 200 | project timestamp, seq, type, actor, body";
    const answer = await post<SearchAnswer>('/api/search', { kql, fromMs: 0, limit: 200 }, signal);
    return answer.rows.map(([at, seq, type, actor, body]) => ({
      atMs: Date.parse(String(at)),
      seq: Number(seq),
      type: String(type),
      actor: String(actor),
      body: (typeof body === 'string' ? JSON.parse(body) : (body ?? {})) as Record<string, unknown>,
    }));
  },
});
export const usePeopleFacts = () => useQuery(peopleFactsQuery);
export type PeopleFact = NonNullable<ReturnType<typeof usePeopleFacts>['data']>[number];

function useTell<Ask, Got>(ask: (a: Ask) => Promise<Got>) {
  const cache = useQueryClient();
  return useMutation({ mutationFn: ask, onSuccess: () => cache.invalidateQueries({ queryKey: ['people'] }) });
}
export const useAddPerson = () => useTell((a: { name: string; roles: string[] }) => post<OneTime>('/api/users/add', a));
export const useGiveRoles = () =>
  useTell((a: { name: string; roles: string[] }) => post<Person>(`/api/users/${part(a.name)}/roles`, { roles: a.roles }));
export const useEnablePerson = () =>
  useTell((a: { name: string; enabled: boolean }) => post<Person>(`/api/users/${part(a.name)}/enabled`, { enabled: a.enabled }));
export const useRenewPassword = () => useTell((a: { name: string }) => post<OneTime>(`/api/users/${part(a.name)}/password`));
export const useEndSessions = () => useTell((a: { name: string }) => remove<void>(`/api/users/${part(a.name)}/sessions`));
export const useMakeToken = () => useTell((a: { name: string }) => post<{ name: string; token: string }>('/api/tokens', a));
export const useRemoveToken = () => useTell((a: { name: string }) => remove<void>(`/api/tokens/${part(a.name)}`));

export function useChangePassword() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (a: { old: string; new: string }) => post<void>('/api/session/password', a),
    // A one-time password stood in the way of everything else.
    onSuccess: () => cache.invalidateQueries({ queryKey: sessionQuery.queryKey }),
  });
}
