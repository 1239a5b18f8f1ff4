import { useQuery } from '@tanstack/react-query';
import { get } from './call';
import type { ContractView } from './types';

export const useContract = (id: string) =>
  useQuery({ queryKey: ['sources', id, 'contract'], queryFn: ({ signal }) => get<ContractView>('/api/sources/contract', { id }, signal) });
