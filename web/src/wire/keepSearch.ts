import { useMutation } from '@tanstack/react-query';
import { post } from './call';
import { useKeepEvidence } from './caseWork';
import type { SearchAnswer } from './types';

/** Rows as JSON lines, the first line says what was asked and how complete the answer is. */
export function searchLines(kql: string, answer: SearchAnswer): string {
  const names = answer.columns.map((c) => c.name);
  const head = JSON.stringify({ kql, state: answer.stats.state, findings: answer.findings, rows: answer.rows.length });
  return [head, ...answer.rows.map((row) => JSON.stringify(Object.fromEntries(names.map((n, i) => [n, row[i] ?? null]))))].join('\n');
}

export function useKeepSearch(caseId: string) {
  const keep = useKeepEvidence(caseId);
  return useMutation({
    mutationFn: async ({ kql, fromMs }: { kql: string; fromMs: number }) => {
      const answer = await post<SearchAnswer>('/api/search', { kql, fromMs, toMs: Date.now(), remember: false });
      return keep.mutateAsync({
        name: 'search.jsonl',
        kind: 'search',
        body: searchLines(kql, answer),
        origin: kql,
        note: `${answer.rows.length} rows`,
      });
    },
  });
}
