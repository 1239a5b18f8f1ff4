import { queryOptions, useQuery } from '@tanstack/react-query';
import { get, part } from './call';
import type { Playbook } from './types';

export const casePlaybooksQuery = (id: string) =>
  queryOptions({
    queryKey: ['case', id, 'playbooks'],
    queryFn: async ({ signal }) => (await get<{ playbooks: Playbook[] }>(`/api/cases/${part(id)}/playbooks`, {}, signal)).playbooks,
  });
export const useCasePlaybooks = (id: string) => useQuery(casePlaybooksQuery(id));
