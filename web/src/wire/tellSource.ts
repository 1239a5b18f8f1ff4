import { useMutation, useQueryClient } from '@tanstack/react-query';
import { post } from './call';
import type { BaselineImported, ContractView, FilterOffer, SamplingOffer, SourceCard, SourceContract } from './types';

/** What people say of sources; every answer makes the kept ones about sources old. */
function useTell<Ask, Told = unknown>(path: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (ask: Ask) => post<Told>(path, ask),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['sources'] }),
  });
}

export interface GroupRule {
  name: string;
  listener: string;
  host: string;
  dataset: string;
  unit: string;
  tag: string;
}
export interface Holidays {
  name: string;
  days: string[];
  groups: string[];
}

export const useDescribe = () => useTell<{ sourceId: string; card: SourceCard; why: string }>('/api/sources/card');
export const useAgree = () => useTell<{ sourceId: string; contract: SourceContract | null; why: string }>('/api/sources/contract');
export const useGroup = () => useTell<{ groupId: string; group: GroupRule | null; why: string }>('/api/sources/groups');
export const useMaintain = () => useTell<{ subjectId: string; fromMs: number; toMs: number; why: string }>('/api/sources/maintenance');
export const useJudgeAlarm = () => useTell<{ alarmId: string; normal: boolean; why: string }>('/api/sources/alarms/judge');
export const useBudget = () => useTell<{ subjectId: string; perMonth: number | null; why: string }>('/api/sources/budget');
export const useCalendar = () => useTell<{ calendarId: string; calendar: Holidays | null; why: string }>('/api/sources/calendars');
export const useImportBaseline = () => useTell<{ yaml: string; why: string; try: boolean }, BaselineImported>('/api/sources/baseline');
export const useSample = () =>
  useTell<{ sourceId: string; terms: { oneIn: number; kinds: string[]; key: string[] } | null; why: string; try: boolean }, SamplingOffer>(
    '/api/sources/sampling',
  );
export const useFilter = () => useTell<{ sourceId: string; kind: string; why: string }, FilterOffer>('/api/sources/filter');

/** Reads a contract's text; nothing is agreed by it, so nothing kept grows old. */
export const useCheckContract = () =>
  useMutation({ mutationFn: (ask: { sourceId: string; yaml: string }) => post<ContractView>('/api/sources/contract/check', ask) });
