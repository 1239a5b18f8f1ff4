import { useMutation } from '@tanstack/react-query';
import { post } from './call';
import type { Cell, Column, SearchValue } from './types';

export interface BehindAsk {
  kql: string;
  values?: SearchValue[];
  columns: Column[];
  row: Cell[];
}

/** The query whose rows are the events behind a row; undefined when the row stands for no events. */
export const useEventsBehind = () =>
  useMutation({
    mutationFn: async ({ kql, values, columns, row }: BehindAsk) => {
      const cells = columns.map((c, i) => ({ name: c.name, type: c.type, value: asText(row[i]) }));
      return (await post<{ kql?: string }>('/api/search/behind', { kql, values, row: cells })).kql;
    },
  });

const asText = (cell: Cell | undefined) =>
  cell === null || cell === undefined ? null : typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
