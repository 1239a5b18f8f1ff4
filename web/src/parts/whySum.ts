import type { PriorityWhy } from '@/wire/types';

export interface Term {
  key: 'L' | 'K' | 'I' | 'X';
  name: string;
  meaning: string;
  /** The factor as the formula names it. */
  factor: number;
  /** Its summand in ln odds. */
  ln: number;
}

/** ln(e^L - 1) without losing digits: L + ln(1 - e^-L). */
export const lnExpm1 = (l: number) => (l <= 0 ? Number.NEGATIVE_INFINITY : l + Math.log(-Math.expm1(-l)));

/** The four summands of ln odds, in the formula's order. */
export function terms(why: PriorityWhy): Term[] {
  return [
    {
      key: 'L',
      name: 'Evidence',
      meaning: 'What the signals say together, fading with a half-life. Its summand is ln(e^L − 1).',
      factor: why.l,
      ln: lnExpm1(why.l),
    },
    { key: 'K', name: 'Stage', meaning: 'How many ATT&CK tactics are seen, and whether they advance.', factor: why.k, ln: Math.log(why.k) },
    { key: 'I', name: 'Impact', meaning: 'How much the touched assets matter.', factor: why.i, ln: Math.log(why.i) },
    { key: 'X', name: 'Exposure', meaning: 'Open exposure windows on the touched assets.', factor: why.x, ln: Math.log(why.x) },
  ];
}

export const sumOf = (list: Term[]) => list.reduce((sum, t) => sum + t.ln, 0);

/** P = 100 · odds / (1 + odds). */
export const priorityOf = (lnOdds: number) => 100 / (1 + Math.exp(-lnOdds));

export interface Check {
  sum: number;
  given: number;
  exact: boolean;
}

/** Does the explanation add up to what the server states? Shown, so that nobody has to believe it. */
export function check(why: PriorityWhy): Check {
  const sum = sumOf(terms(why));
  return { sum, given: why.lnOdds, exact: sum === why.lnOdds || Math.abs(sum - why.lnOdds) <= 1e-9 * Math.max(1, Math.abs(sum)) };
}

export interface Segment extends Term {
  start: number;
  end: number;
}

/** Segments of the bar: negative summands run left of zero, positive right, each where the last one of its side ended. */
export function segments(list: Term[]): Segment[] {
  let left = 0;
  let right = 0;
  return list.map((t) => {
    const ln = Number.isFinite(t.ln) ? t.ln : 0;
    if (ln < 0) {
      left += ln;
      return { ...t, start: left, end: left - ln };
    }
    right += ln;
    return { ...t, start: right - ln, end: right };
  });
}
