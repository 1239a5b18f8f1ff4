import type { QualityFigures } from '@/wire/types';

/** Figures that only grow: what counts is what came in the period. */
export const growing: (keyof QualityFigures)[] = ['events', 'failures', 'bytes', 'lost', 'repeated'];

/** How much a figure rose since then; null while nothing is known from then. Growing ones tell how much came. */
export const risen = (key: keyof QualityFigures, now: QualityFigures, before: QualityFigures | undefined | null): number | null =>
  before ? now[key] - before[key] : null;

/** Share of what came in the period that was not read whole; of all time while nothing is known from then. */
export function unreadShare(now: QualityFigures, before: QualityFigures | undefined | null): number {
  const events = now.events - (before?.events ?? 0);
  return events > 0 ? (now.failures - (before?.failures ?? 0)) / events : 0;
}
