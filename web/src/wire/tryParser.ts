import { useMutation } from '@tanstack/react-query';
import { post } from './call';
import type { ParserStreamTrial } from './types';

/** What a parser's text would change in the records that came; takes a second or two, and nothing is kept. */
export const useTryParser = () => useMutation({ mutationFn: (text: string) => post<ParserStreamTrial>('/api/parsers/stream', { text }) });
