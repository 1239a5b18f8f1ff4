import { useEffect, useRef, useState } from 'react';
import type { Cell, Column, Finding, SearchValue } from './types';

export interface TailRow {
  number: number;
  cells: Cell[];
}
export interface Tail {
  state: 'joining' | 'following' | 'waiting' | 'refused';
  columns: Column[];
  /** Newest first. */
  rows: TailRow[];
  /** Rows that matched since the beginning, and of those how many could not be shown. */
  matched: number;
  left: number;
  findings: Finding[];
}

const keptMax = 5_000;
const nothing: Tail = { state: 'joining', columns: [], rows: [], matched: 0, left: 0, findings: [] };

/** New events that a query keeps, as they become searchable. While paused they are counted and not shown. */
export function useTail(kql: string, values: SearchValue[] | undefined, paused: boolean): Tail & { waiting: number; clear: () => void } {
  const [tail, set] = useState<Tail>(nothing);
  const [waiting, setWaiting] = useState(0);
  const held = useRef<TailRow[]>([]);
  const stopped = useRef(paused);
  stopped.current = paused;
  const given = values && values.length > 0 ? JSON.stringify(values) : undefined;

  useEffect(() => {
    if (paused || held.current.length === 0) return;
    const more = held.current;
    held.current = [];
    setWaiting(0);
    set((t) => ({ ...t, rows: [...more, ...t.rows].slice(0, keptMax) }));
  }, [paused]);

  useEffect(() => {
    set(nothing);
    let number = 0;
    const query = new URLSearchParams(given ? { q: kql, values: given } : { q: kql });
    const source = new EventSource(`/api/search/tail?${query}`);
    const on = <T>(name: string, take: (data: T) => void) =>
      source.addEventListener(name, (e) => take(JSON.parse((e as MessageEvent<string>).data) as T));
    on('begun', () => set((t) => ({ ...t, state: 'following', findings: [] })));
    on('pulse', () => set((t) => ({ ...t, state: 'following', findings: [] })));
    on<{ findings: Finding[] }>('waiting', (d) => set((t) => ({ ...t, state: 'waiting', findings: d.findings })));
    on<{ findings: Finding[] }>('refused', (d) => {
      source.close();
      set((t) => ({ ...t, state: 'refused', findings: d.findings }));
    });
    on<{ columns: Column[]; rows: Cell[][]; matched: number }>('rows', (d) => {
      const time = d.columns.findIndex((c) => c.type === 'datetime');
      const fresh = d.rows
        .map((cells) => ({ number: ++number, cells }))
        .sort((a, b) => String(b.cells[time] ?? '').localeCompare(String(a.cells[time] ?? '')) || b.number - a.number);
      if (stopped.current) {
        held.current = [...fresh, ...held.current].slice(0, keptMax);
        setWaiting((n) => n + d.matched);
      }
      set((t) => ({
        ...t,
        state: 'following',
        findings: [],
        columns: d.columns,
        rows: stopped.current ? t.rows : [...fresh, ...t.rows].slice(0, keptMax),
        matched: t.matched + d.matched,
        left: t.left + d.matched - d.rows.length,
      }));
    });
    source.onerror = () => set((t) => (t.state === 'refused' ? t : { ...t, state: 'joining' }));
    return () => source.close();
  }, [kql, given]);

  return { ...tail, waiting, clear: () => set((t) => ({ ...t, rows: [] })) };
}
