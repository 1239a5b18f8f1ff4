// A search's address: text and time range, so that a link shows the same rows to whoever opens it.

export type TimeRange = { last: string } | { fromMs: number; toMs: number };
export type Mode = 'kql' | 'box';
export interface SearchState {
  mode: Mode;
  text: string;
  range: TimeRange;
}
export interface SearchParams {
  q?: string;
  box?: string;
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
  const text = state.mode === 'box' ? { box: state.text } : { q: state.text };
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
  return { mode, text: (mode === 'box' ? params.box : params.q) ?? '', range };
}

/** Only what we know, and only text: an address is typed by anyone. */
export function readParams(raw: Record<string, unknown>): SearchParams {
  const out: SearchParams = {};
  for (const key of ['q', 'box', 'last', 'from', 'to'] as const) {
    const value = raw[key];
    if (typeof value === 'string') out[key] = value;
    else if (typeof value === 'number') out[key] = String(value);
  }
  return out;
}

/** The range in milliseconds, at this moment. */
export function resolve(range: TimeRange, nowMs: number): { fromMs: number; toMs: number } {
  if (!('last' in range)) return range;
  const length = lasts.find(([k]) => k === range.last)?.[2] ?? 86_400_000;
  return { fromMs: nowMs - length, toMs: nowMs };
}
