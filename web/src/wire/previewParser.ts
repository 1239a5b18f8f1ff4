import { useQuery } from '@tanstack/react-query';
import { post } from './call';
import type { ParserPreview } from './types';

/** What a parser's text makes of a source's stored samples and of some lines; nothing is kept. */
export const usePreview = (text: string, sourceId: string | null, lines: string[]) =>
  useQuery({
    queryKey: ['preview', text, sourceId, lines],
    queryFn: ({ signal }) => post<ParserPreview>('/api/parsers/preview', { text, sourceId, lines }, signal),
    enabled: text.trim() !== '',
    staleTime: Infinity,
    gcTime: 30_000,
    retry: false,
    placeholderData: (before) => before,
  });
