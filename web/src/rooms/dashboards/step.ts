const steps: [string, number][] = [
  ['10s', 10_000],
  ['1m', 60_000],
  ['5m', 300_000],
  ['15m', 900_000],
  ['1h', 3_600_000],
  ['4h', 14_400_000],
  ['1d', 86_400_000],
];

/** A step that cuts a length of time into some dozens, as KQL writes it. */
export const stepFor = (lengthMs: number): string => (steps.find(([, ms]) => lengthMs / ms <= 72) ?? ['1d'])[0] as string;

/**
 * Places in a list of times, with null where a step is missing: a line is not drawn over it, as if something had been counted there.
 * The step is the shortest between two times.
 */
export function withGaps(times: number[]): (number | null)[] {
  let step = Number.POSITIVE_INFINITY;
  for (let i = 1; i < times.length; i++) step = Math.min(step, (times[i] ?? 0) - (times[i - 1] ?? 0));
  return times.flatMap((t, i) => (i > 0 && t - (times[i - 1] ?? 0) > step * 1.5 ? [null, i] : [i]));
}
