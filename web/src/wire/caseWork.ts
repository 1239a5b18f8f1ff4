// The work on a case: tasks, observables, evidence, marks, states, clocks, timeline, graph. One answer each, refreshed with the case.
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { get, part, post, send } from './call';
import type { CaseView } from './types';
import type {
  CaseGraph,
  CaseObservables,
  CaseTasks,
  CaseTimeline,
  EvidenceList,
  SimilarCases,
  TaskStep,
  TemplateBook,
  Tlp,
} from './workTypes';

const of = (id: string) => `/api/cases/${part(id)}`;

const query = <T>(id: string, what: string, params: Record<string, string | number | undefined> = {}) =>
  queryOptions({
    queryKey: ['case', id, what, params],
    queryFn: ({ signal }) => get<T>(`${of(id)}/${what}`, params, signal),
  });

export const useTasks = (id: string) => useQuery(query<CaseTasks>(id, 'tasks'));
export const useObservables = (id: string) => useQuery(query<CaseObservables>(id, 'observables'));
export const useSimilar = (id: string) => useQuery(query<SimilarCases>(id, 'similar'));
export const useEvidence = (id: string) => useQuery(query<EvidenceList>(id, 'evidence'));
export const useTimeline = (id: string) => useQuery(query<CaseTimeline>(id, 'timeline'));
export const useGraph = (id: string, expand: readonly string[], most: number) =>
  useQuery({ ...query<CaseGraph>(id, 'graph', { expand: expand.join('\n'), most }), placeholderData: (before) => before });
export const useTemplates = () =>
  useQuery({ queryKey: ['templates'], queryFn: ({ signal }) => get<TemplateBook>('/api/triage/templates', {}, signal) });

/** One command on a case; afterwards all that is known of it is asked for anew. */
function useDeed<Ask, Answer = unknown>(caseId: string, run: (ask: Ask) => Promise<Answer>) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: run,
    onSettled: () =>
      Promise.all([['case', caseId], ['facts', caseId], ['board'], ['cases']].map((queryKey) => cache.invalidateQueries({ queryKey }))),
  });
}

export interface TaskAsk {
  title: string;
  group?: string;
  owner?: string;
  dueMs?: number;
}
export const useAddTasks = (id: string) =>
  useDeed(id, (ask: { tasks?: TaskAsk[]; template?: string }) => post<CaseTasks>(`${of(id)}/tasks`, ask));
export const useMoveTasks = (id: string) =>
  useDeed(id, (ask: { taskIds: string[]; to: TaskStep; why?: string }) => post<CaseTasks>(`${of(id)}/tasks/state`, ask));
export const useChangeTask = (id: string) =>
  useDeed(id, ({ taskId, ...ask }: TaskAsk & { taskId: string; order?: number }) =>
    post<CaseTasks>(`${of(id)}/tasks/${part(taskId)}`, ask),
  );
export const useLogTask = (id: string) =>
  useDeed(id, (ask: { taskId: string; text: string }) => post<CaseTasks>(`${of(id)}/tasks/${part(ask.taskId)}/log`, { text: ask.text }));

export interface ObservableAsk {
  type: string;
  value: string;
  tlp?: Tlp;
  ioc?: boolean;
  sighted?: boolean;
  ignoreSimilarity?: boolean;
  note?: string;
}
export const useStateObservables = (id: string) =>
  useDeed(id, (observables: ObservableAsk[]) => post<CaseObservables>(`${of(id)}/observables`, { observables }));

export interface KeepAsk {
  name: string;
  kind: 'file' | 'search' | 'event' | 'playbook';
  body: BodyInit;
  note?: string;
  origin?: string;
}
export const useKeepEvidence = (id: string) =>
  useDeed(id, (ask: KeepAsk) => {
    const params = new URLSearchParams({ name: ask.name, kind: ask.kind, note: ask.note ?? '', origin: ask.origin ?? '' });
    return send<EvidenceList>(`${of(id)}/evidence?${params}`, ask.body, 'application/octet-stream');
  });
export const useVerifyEvidence = (id: string) =>
  useDeed(id, (evidenceId: string) => post<EvidenceList>(`${of(id)}/evidence/${part(evidenceId)}/verify`));
export const useWithdrawEvidence = (id: string) =>
  useDeed(id, (ask: { evidenceId: string; why: string }) =>
    post<EvidenceList>(`${of(id)}/evidence/${part(ask.evidenceId)}/withdraw`, { why: ask.why }),
  );
/** Given as bytes to keep, never shown; what it is taken for stands in its chain of custody. */
export const evidenceAddress = (id: string, evidenceId: string, exported: boolean) =>
  `${of(id)}/evidence/${part(evidenceId)}${exported ? '?export=true' : ''}`;

/** All of it as a zip. */
export const exportAddress = (id: string) => `${of(id)}/evidence-export`;

export const useMark = (id: string) =>
  useDeed(id, (ask: { tlp?: string; pap?: string; classification?: string; people?: string[]; why?: string }) =>
    post<CaseView>(`${of(id)}/mark`, ask),
  );
export const useSetState = (id: string) => useDeed(id, (ask: { to?: string; why?: string }) => post<CaseView>(`${of(id)}/state`, ask));
export const usePauseClocks = (id: string) =>
  useDeed(id, (ask: { paused: boolean; why?: string }) => post<CaseView>(`${of(id)}/clocks`, ask));
export const useStateDuty = (id: string) =>
  useDeed(id, (ask: { duty: string; awareMs?: number; why: string; withdrawn?: boolean }) => post<CaseView>(`${of(id)}/duties`, ask));
export const useEndLegalClock = (id: string) =>
  useDeed(id, (ask: { clockId: string; reference: string }) =>
    post<CaseView>(`${of(id)}/legal/${part(ask.clockId)}/done`, { reference: ask.reference }),
  );
export const useFlagLine = (id: string) =>
  useDeed(id, (ask: { line: string; flag: boolean; inSummary: boolean }) => post<CaseTimeline>(`${of(id)}/timeline`, ask));
export const useSettleMissing = (id: string) =>
  useDeed(id, (ask: { missingId: string; outcome: string; why: string }) => post<CaseView>(`${of(id)}/missing`, ask));
