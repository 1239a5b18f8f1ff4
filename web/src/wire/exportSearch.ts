import { useMutation } from '@tanstack/react-query';
import { download } from './call';
import type { SearchValue } from './types';

export interface ExportAsk {
  kql: string;
  fromMs: number;
  toMs: number;
  values?: SearchValue[];
  format: 'csv' | 'jsonl';
}

/** A file of all rows, made by the server. */
export const useExport = () =>
  useMutation({ mutationFn: ({ ask, signal }: { ask: ExportAsk; signal: AbortSignal }) => download('/api/search/export', ask, signal) });
