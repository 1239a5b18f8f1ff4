import { useMutation } from '@tanstack/react-query';
import { send } from './call';
import type { RuleCheck } from './types';

export const useCheckRule = () => useMutation({ mutationFn: (yaml: string) => send<RuleCheck>('/api/rules/check', yaml, 'text/plain') });
