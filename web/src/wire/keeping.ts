// Keeping and letting go: retention, holds, proofs of deletion, checks, backups. One file: the page asks for all of it at once.
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { get, part, post } from './call';
import type { components } from './schema';
import type { Finding, SearchAnswer } from './types';

type Schemas = components['schemas'];
// Two rooms have a shape of this name; the document holds only one of them.
export interface RetentionTerms {
  order: number;
  days?: number;
  bytesMax?: number;
  sources: string[];
  datasets: string[];
  types: string[];
  contract: string;
}
export interface KeptClass {
  classId: string;
  terms: RetentionTerms;
}
export type Hold = Omit<Schemas['LegalHold'], 'scope'> & { scope: HoldScope };
export interface HoldScope {
  sourceId?: string;
  host?: string;
  fromMs?: number;
  toMs?: number;
  caseId?: string;
}
export type SourceDays = Omit<Schemas['SourceDays'], 'promisedDays'> & { promisedDays?: number };
export type Deletion = Omit<Schemas['DeletionProof'], 'proof'> & { proof?: Schemas['DeletionProven'] };
export type DueDeletion = Schemas['DueDeletion'];
export interface Retention {
  classes: KeptClass[];
  holds: Hold[];
  sources: SourceDays[];
  deletions: Deletion[];
  recordsFromMs?: number;
  busy: string;
}
export type CheckReport = Omit<Schemas['CheckReport'], 'findings'> & { findings: Finding[] };
export type BackupReport = Schemas['BackupReport'];

export const retentionQuery = queryOptions({
  queryKey: ['keep', 'retention'],
  queryFn: ({ signal }) => get<Retention>('/api/keep/retention', {}, signal),
  refetchInterval: 30_000,
});
export const useRetention = () => useQuery(retentionQuery);

/** Backups and seals are facts; they are read as any other table. */
export const keepFactsQuery = queryOptions({
  queryKey: ['keep', 'facts'],
  queryFn: async ({ signal }) => {
    const kql =
      "Facts | where type in ('backup.taken', 'segment.sealed', 'records.deleted') | sort by seq desc | project timestamp, seq, type, actor, body";
    const answer = await post<SearchAnswer>('/api/search', { kql, fromMs: 0, limit: 1000 }, signal);
    return answer.rows.map(([at, seq, type, actor, body]) => ({
      atMs: Date.parse(String(at)),
      seq: Number(seq),
      type: String(type),
      actor: String(actor),
      body: (typeof body === 'string' ? JSON.parse(body) : (body ?? {})) as Record<string, string | number>,
    }));
  },
});
export const useKeepFacts = () => useQuery(keepFactsQuery);
export type KeepFact = NonNullable<ReturnType<typeof useKeepFacts>['data']>[number];

function useKeep<Ask, Got>(ask: (a: Ask) => Promise<Got>) {
  const cache = useQueryClient();
  return useMutation({ mutationFn: ask, onSuccess: () => cache.invalidateQueries({ queryKey: ['keep'] }) });
}
export const useStateClass = () =>
  useKeep((a: { classId: string; terms: RetentionTerms | null; why: string }) => post<KeptClass[]>('/api/keep/classes', a));
export const usePlaceHold = () => useKeep((a: { why: string; scope: HoldScope }) => post<Hold>('/api/keep/holds', a));
export const useReleaseHold = () =>
  useKeep((a: { holdId: string; why: string }) => post<void>(`/api/keep/holds/${part(a.holdId)}/release`, { why: a.why }));
export const useCheckStore = () => useKeep((_: undefined) => post<CheckReport>('/api/keep/check', undefined));
export const useTakeBackup = () => useKeep((a: { place: string }) => post<BackupReport>('/api/keep/backups', a));
export const useDue = () => useMutation({ mutationFn: (_: undefined) => get<DueDeletion[]>('/api/keep/retention/due') });
