import { type QueryClient, type QueryKey, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { houseQuery } from './getHouse';
import { sessionQuery } from './getSession';
import type { FactNotice, House } from './types';

export type LiveState = 'joining' | 'live' | 'lost';
export interface Live {
  state: LiveState;
  sinceMs: number;
  /** Facts heard since the page opened. */
  heard: number;
}

/** Which kept answers a fact makes old. */
export function touchedBy(fact: FactNotice): QueryKey[] {
  const subject = fact.subject?.replace(/^case:/, '');
  switch (fact.type.split('.')[0]) {
    case 'case':
    case 'casework':
    case 'card':
    case 'signal':
    case 'priority':
      return [
        ['board'],
        ['cases'],
        ['inbox'],
        ...(subject ? [['case', subject]] : [['case']]),
        ...(fact.type === 'case.closed' ? [['measures'], ['gaps']] : []),
      ];
    case 'remediation':
      return [['board'], ['inbox'], ['case'], ['requests']];
    case 'board':
      return [['board'], ['boardSettings']];
    case 'mention':
      return [['inbox']];
    case 'run':
    case 'step':
      return [['inbox'], ['run'], ['case'], ['board'], ['playbooks']];
    case 'playbook':
      return [['playbooks']];
    case 'rule':
    case 'rules':
      return [['rules']];
    case 'source':
      return [['sources']];
    case 'parser':
      return [['parsers']];
    case 'asset':
    case 'vulnerability':
    case 'threat':
    case 'window':
      return [['exposure'], ['board']];
    case 'search':
      return [['searches']];
    case 'dashboard':
      return [['dashboards']];
    case 'gap':
      return [['gaps'], ['measures']];
    case 'finding':
      return [['house']];
    default:
      return [];
  }
}

const gatherMs = 400;
/** An answer that takes longer holds up the others no more. */
const patienceMs = 10_000;
const silentMs = 9_000;

/** One stream of facts for the whole page; kept answers are refreshed in small bundles. */
export function useLive(): Live {
  const cache = useQueryClient();
  const [live, set] = useState<Live>({ state: 'joining', sinceMs: Date.now(), heard: 0 });
  useEffect(() => listen(cache, set), [cache]);
  return live;
}

function listen(cache: QueryClient, set: React.Dispatch<React.SetStateAction<Live>>): () => void {
  let source: EventSource | null = null;
  let again: ReturnType<typeof setTimeout> | undefined;
  let gather: ReturnType<typeof setTimeout> | undefined;
  let tries = 0;
  let lastHeard = Date.now();
  let busy = false;
  let over = false;
  const touched = new Map<string, QueryKey>();
  const become = (state: LiveState) => set((l) => (l.state === state ? l : { ...l, state, sinceMs: Date.now() }));

  const flush = () => {
    gather = undefined;
    const keys = [...touched.values()];
    touched.clear();
    // One bundle after the other: a bundle that cut off the one before it would leave a slow answer without an end.
    busy = true;
    const all = Promise.allSettled(keys.map((queryKey) => cache.invalidateQueries({ queryKey })));
    const patience = new Promise((done) => setTimeout(done, patienceMs));
    void Promise.race([all, patience]).then(() => {
      busy = false;
      if (touched.size > 0) gatherSoon();
    });
  };
  const gatherSoon = () => {
    if (!busy && !over) gather ??= setTimeout(flush, gatherMs);
  };

  const join = () => {
    source = new EventSource('/api/live');
    source.onopen = () => {
      // What happened while we were away is not told again: everything in view is asked for anew.
      if (tries > 0)
        void cache.invalidateQueries({
          predicate: (q) => !['session', 'search', 'histogram', 'fieldValues', 'panel'].includes(String(q.queryKey[0])),
        });
      tries = 0;
      lastHeard = Date.now();
      become('live');
    };
    source.addEventListener('fact', (e) => {
      lastHeard = Date.now();
      const fact = read<FactNotice>(e);
      if (!fact?.type) return;
      set((l) => ({ ...l, heard: l.heard + 1 }));
      for (const key of touchedBy(fact)) touched.set(JSON.stringify(key), key);
      gatherSoon();
    });
    source.addEventListener('pulse', (e) => {
      lastHeard = Date.now();
      become('live');
      const house = read<House>(e);
      if (house) cache.setQueryData(houseQuery().queryKey, house);
    });
    source.onerror = lose;
  };

  const lose = () => {
    source?.close();
    source = null;
    become('lost');
    clearTimeout(again);
    tries += 1;
    again = setTimeout(join, Math.min(30_000, 700 * 2 ** Math.min(6, tries)) * (0.75 + Math.random() / 2));
    // A stream also ends with the session; asking tells which it was.
    void cache.invalidateQueries({ queryKey: sessionQuery.queryKey });
  };

  const watch = setInterval(() => {
    if (source && Date.now() - lastHeard > silentMs) lose();
  }, 2_000);
  join();
  return () => {
    over = true;
    source?.close();
    clearInterval(watch);
    clearTimeout(again);
    clearTimeout(gather);
  };
}

function read<T>(e: Event): T | undefined {
  try {
    return JSON.parse((e as MessageEvent<string>).data) as T;
  } catch {
    return undefined;
  }
}
