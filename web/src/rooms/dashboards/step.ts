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
