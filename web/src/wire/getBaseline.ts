import { useMutation } from '@tanstack/react-query';
import { get } from './call';

/** The catalogue as a text; asked for when someone wants the file. */
export const useBaseline = () => useMutation({ mutationFn: () => get<{ yaml: string }>('/api/sources/baseline') });
