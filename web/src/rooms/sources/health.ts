import type { Source, SourceAilment } from '@/wire/types';

export const ailmentWords: Record<SourceAilment, string> = {
  silent: 'silent',
  late: 'late',
  volumeLow: 'volume low',
  volumeHigh: 'volume high',
  parseFailures: 'not understood',
  formatChanged: 'format changed',
  clockSkew: 'clock wrong',
  duplicates: 'duplicates',
  sequenceGap: 'events lost',
  certificateEnding: 'certificate ends',
  mustMissing: 'MUST missing',
  neverArrived: 'NEVER arrived',
  unknownSender: 'unknown sender',
  foreignPeer: 'another speaks for it',
};
/** Worst first. */
export const ailments = Object.keys(ailmentWords) as SourceAilment[];
const grave: SourceAilment[] = ['silent', 'sequenceGap', 'parseFailures', 'formatChanged', 'mustMissing', 'neverArrived', 'foreignPeer'];

export type HealthShape = 'bad' | 'ill' | 'maintained' | 'findings' | 'well';
export interface Health {
  shape: HealthShape;
  word: string;
  rank: number;
  why: string;
}

type Judged = Pick<Source, 'ailments' | 'maintained' | 'events' | 'parseFailures' | 'findings'> & { firstMs?: number };

/** Before it, silence is told by what its like do, or not at all: nobody knows its week. */
const youngMs = 14 * 86_400_000;

/** One word for how a source does: what ails it, that people work on it, that some of it is not read, or that it is well. */
export function healthOf(s: Judged): Health {
  const ills = ailments.filter((a) => s.ailments?.includes(a));
  const all = ills.map((a) => ailmentWords[a]);
  const word = all.length > 1 ? `${all[0]} +${all.length - 1}` : (all[0] ?? '');
  if (s.maintained)
    return {
      shape: 'maintained',
      word: 'maintenance',
      rank: 3,
      why: `People work on it; alarms wait.${word && ` Open: ${all.join(', ')}.`}`,
    };
  if (ills.some((a) => grave.includes(a))) return { shape: 'bad', word, rank: 0, why: `Alarms stand: ${all.join(', ')}.` };
  if (ills.length > 0) return { shape: 'ill', word, rank: 1, why: `Alarms stand: ${all.join(', ')}.` };
  const share = s.events > 0 ? s.parseFailures / s.events : 0;
  if (share > 0.05)
    return {
      shape: 'ill',
      word: 'not understood',
      rank: 2,
      why: `${(100 * share).toFixed(1)} % of its records are not read whole; kept raw.`,
    };
  if (s.findings.length > 0)
    return { shape: 'findings', word: 'findings', rank: 4, why: s.findings.map((f) => `${f.code} × ${f.count}`).join(', ') };
  const young = s.firstMs !== undefined && Date.now() - s.firstMs < youngMs;
  return {
    shape: 'well',
    word: 'well',
    rank: 5,
    why: young
      ? 'What came is understood. It is known for less than a fortnight: what is usual for it is not known yet, its page says what that means for silence.'
      : 'Sends as usual, and is understood.',
  };
}
