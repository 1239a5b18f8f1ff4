import type { HealthMark, HealthSign } from '@/wire/types';

export const healthWords: Record<HealthMark, { word: string; meaning: string }> = {
  noRoute: { word: 'no route', meaning: 'No route gives its log source: it does not run.' },
  missingSource: { word: 'no source', meaning: 'Its log source sends nothing.' },
  neverFired: { word: 'never fired', meaning: 'It is in use and never matched.' },
  noisy: { word: 'noisy', meaning: 'It makes more hits than people can look at.' },
  fieldNeverSeen: { word: 'field unseen', meaning: 'It reads a field that no event of its log source had.' },
  slow: { word: 'slow', meaning: 'It costs more than a rule should.' },
  suppressed: { word: 'filtered', meaning: 'Filters take back matches of it.' },
};
export const healthMarks = Object.keys(healthWords) as HealthMark[];

/** What is worst stands first: what keeps a rule from working before what makes it dear. */
export const worstFirst = (signs: readonly HealthSign[]) =>
  [...signs].sort((a, b) => Number(b.grave) - Number(a.grave) || healthMarks.indexOf(a.mark) - healthMarks.indexOf(b.mark));
