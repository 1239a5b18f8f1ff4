// A search's address: text, values and time range, so that a link shows the same rows to whoever opens it.
import type { SearchParameter, SearchValue } from '@/wire/types';

export type TimeRange = { last: string } | { fromMs: number; toMs: number };
export type Mode = 'kql' | 'box';
export interface SearchState {
  mode: Mode;
  text: string;
  range: TimeRange;
  /** Values of its parameters, each with its type: the text alone would not tell. */
  values?: SearchValue[];
  /** The saved search that it came from. */
  saved?: string;
}
export interface SearchParams {
  q?: string;
  box?: string;
  s?: string;
  p?: string;
  last?: string;
  from?: string;
  to?: string;
}

export const lasts: [string, string, number][] = [
  ['15m', 'last 15 min', 15 * 60_000],
  ['1h', 'last hour', 3_600_000],
  ['4h', 'last 4 h', 4 * 3_600_000],
  ['24h', 'last 24 h', 24 * 3_600_000],
  ['7d', 'last 7 d', 7 * 86_400_000],
  ['30d', 'last 30 d', 30 * 86_400_000],
];
export const defaultRange: TimeRange = { last: '24h' };

export function toParams(state: SearchState): SearchParams {
  const text: SearchParams = state.mode === 'box' ? { box: state.text } : state.text ? { q: state.text } : {};
  if (state.saved) text.s = state.saved;
  if (state.values && state.values.length > 0) text.p = JSON.stringify(state.values.map((v) => [v.name, v.type, v.value ?? '']));
  if ('last' in state.range) return { ...text, last: state.range.last };
  return { ...text, from: new Date(state.range.fromMs).toISOString(), to: new Date(state.range.toMs).toISOString() };
}

export function fromParams(params: SearchParams): SearchState {
  const mode: Mode = params.q === undefined && params.box !== undefined ? 'box' : 'kql';
  const from = Date.parse(params.from ?? '');
  const to = Date.parse(params.to ?? '');
  const range: TimeRange =
    Number.isFinite(from) && Number.isFinite(to) && from < to
      ? { fromMs: from, toMs: to }
      : lasts.some(([k]) => k === params.last)
        ? { last: params.last as string }
        : defaultRange;
  const values = readValues(params.p);
  return {
    mode,
    text: (mode === 'box' ? params.box : params.q) ?? '',
    range,
    ...(values.length > 0 && { values }),
    ...(params.s && { saved: params.s }),
  };
}

function readValues(text: string | undefined): SearchValue[] {
  if (!text) return [];
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list)
      ? list
          .filter((v): v is [string, string, string] => Array.isArray(v) && v.length === 3 && v.every((x) => typeof x === 'string'))
          .map(([name, type, value]) => ({ name, type, value }))
      : [];
  } catch {
    return [];
  }
}

/** What a search is asked with: what was given by name, else its defaults. */
export const valuesOf = (parameters: SearchParameter[], given: Record<string, string | undefined> = {}): SearchValue[] =>
  parameters.map((p) => ({ name: p.name, type: p.type, value: given[p.name] ?? p.default ?? '' }));
export const givenOf = (values: SearchValue[] | undefined): Record<string, string> =>
  Object.fromEntries((values ?? []).map((v) => [v.name, v.value ?? '']));

/** Only what we know, and only text: an address is typed by anyone. */
export function readParams(raw: Record<string, unknown>): SearchParams {
  const out: SearchParams = {};
  for (const key of ['q', 'box', 's', 'p', 'last', 'from', 'to'] as const) {
    const value = raw[key];
    if (typeof value === 'string') out[key] = value;
    else if (typeof value === 'number') out[key] = String(value);
    // The router reads JSON in an address; ours is a text.
    else if (key === 'p' && Array.isArray(value)) out[key] = JSON.stringify(value);
  }
  return out;
}

/** The range in milliseconds, at this moment. */
export function resolve(range: TimeRange, nowMs: number): { fromMs: number; toMs: number } {
  if (!('last' in range)) return range;
  const length = lasts.find(([k]) => k === range.last)?.[2] ?? 86_400_000;
  return { fromMs: nowMs - length, toMs: nowMs };
}
