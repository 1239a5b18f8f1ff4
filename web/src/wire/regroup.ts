import { useMutation, useQueryClient } from '@tanstack/react-query';
import { part, post } from './call';
import type { CaseLine, Finding } from './types';

/** What a person does to the grouping of a case. Each says why, each can be taken back. */
export type Regroup =
  | { act: 'unjoin'; signalId: string; notRelated: boolean }
  | { act: 'split'; signalIds: string[] }
  | { act: 'move-signals'; signalIds: string[]; to: string }
  | { act: 'merge'; caseIds: string[] }
  | { act: 'unmerge' }
  | { act: 'undo-move'; moveId: string }
  | { act: 'not-related'; caseId: string }
  | { act: 'withdraw'; constraintId: string };

export interface Regrouped {
  case?: CaseLine;
  next?: CaseLine;
  moveId?: string;
  refused?: Finding[];
}

export function useRegroup() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ caseId, why, wish }: { caseId: string; why: string; wish: Regroup }) => {
      const { act, ...ask } = wish;
      return act === 'withdraw'
        ? post<Regrouped>(`/api/triage/constraints/${part((wish as { constraintId: string }).constraintId)}/withdraw`, { why })
        : post<Regrouped>(`/api/cases/${part(caseId)}/${act}`, { ...ask, why });
    },
    onSuccess: () => Promise.all([['case'], ['cases'], ['board'], ['facts']].map((queryKey) => cache.invalidateQueries({ queryKey }))),
  });
}
