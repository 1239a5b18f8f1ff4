import { useQuery } from '@tanstack/react-query';
import { get } from './call';
import type { ParserBook } from './types';

export const useParsers = () => useQuery({ queryKey: ['parsers'], queryFn: ({ signal }) => get<ParserBook>('/api/parsers', {}, signal) });
