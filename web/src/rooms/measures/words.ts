import type { Metric } from '@/wire/types';

/** Fewer is better for times and misses; more is better for the rest. */
export const fewerIsBetter = (m: Metric) =>
  /^(ttd|tte|ttdec|ttc|ttr|miss|time|exposed|gap|detect|engage|contain|respond)/i.test(m.key) ||
  /^(ms|s|min|h|d|minutes|hours)$/i.test(m.unit);

/** A value with as many digits as it can bear. */
export const figure = (v: number) =>
  (Math.abs(v) >= 100 ? v.toFixed(0) : Math.abs(v) >= 10 ? v.toFixed(1) : v.toFixed(Math.abs(v) >= 1 ? 1 : 2)).replace(/\.0+$/, '');

export type Turn = 'better' | 'worse' | 'same' | 'unknown';

export function turnOf(m: Metric): Turn {
  const delta = m.delta ?? undefined;
  if (delta === undefined || delta === null || m.smallN) return 'unknown';
  if (delta === 0) return 'same';
  return delta < 0 === fewerIsBetter(m) ? 'better' : 'worse';
}
