import { queryOptions, useQuery } from '@tanstack/react-query';
import { get, part } from './call';
import type { Playbook } from './types';

export const casePlaybooksQuery = (id: string) =>
  queryOptions({
    queryKey: ['case', id, 'playbooks'],
    queryFn: async ({ signal }) => {
      const answer = await get<Playbook[] | { playbooks: Playbook[] }>(`/api/cases/${part(id)}/playbooks`, {}, signal);
      return Array.isArray(answer) ? answer : answer.playbooks;
    },
  });
export const useCasePlaybooks = (id: string) => useQuery(casePlaybooksQuery(id));
