import { describe, expect, it } from 'vitest';
import type { PriorityWhy } from '@/wire/types';
import { check, lnExpm1, priorityOf, segments, sumOf, terms } from './whySum';

const why = (l: number, k: number, i: number, x: number): PriorityWhy => ({
  l,
  k,
  i,
  x,
  lnOdds: Math.log((Math.exp(l) - 1) * k * i * x),
  shares: [],
  wouldChange: [],
});

describe('the sum behind a priority', () => {
  it('adds up to ln odds for any factors', () => {
    let seed = 7;
    const next = () => {
      seed = (seed * 16807) % 2147483647;
      return seed / 2147483647;
    };
    for (let n = 0; n < 500; n++) {
      const w = why(0.001 + next() * 12, 1 + next(), 0.5 + next() * 1.5, 0.8 + next() * 1.2);
      expect(Math.abs(sumOf(terms(w)) - w.lnOdds)).toBeLessThan(1e-9);
      expect(check(w).exact).toBe(true);
    }
  });

  it('gives the reference example: L = 5 and 3 with factors 1 and 4', () => {
    expect(priorityOf(sumOf(terms(why(5, 1, 1, 1))))).toBeCloseTo(99.33, 2);
    expect(priorityOf(sumOf(terms(why(3, 2, 2, 1))))).toBeCloseTo(98.71, 2);
  });

  it('says so when the server states another sum', () => {
    expect(check({ ...why(2, 1, 1, 1), lnOdds: 9 }).exact).toBe(false);
  });

  it('keeps its digits where e^L overflows or vanishes, and no evidence is priority 0', () => {
    expect(lnExpm1(1000)).toBe(1000);
    expect(lnExpm1(1e-12)).toBeCloseTo(Math.log(1e-12), 6);
    expect(priorityOf(sumOf(terms({ ...why(1, 1, 1, 1), l: 0 })))).toBe(0);
  });

  it('draws segments without overlap, minus left of zero, plus right of it', () => {
    const list = segments(terms(why(2, 1.5, 0.5, 0.8)));
    const right = list.filter((s) => s.ln >= 0);
    const left = list.filter((s) => s.ln < 0);
    expect(left.map((s) => s.key)).toEqual(['I', 'X']);
    for (const s of left) expect(s.end).toBeLessThanOrEqual(0);
    for (let i = 1; i < right.length; i++) expect(right[i]?.start).toBeCloseTo(right[i - 1]?.end ?? 0, 12);
    for (let i = 1; i < left.length; i++) expect(left[i]?.end).toBeCloseTo(left[i - 1]?.start ?? 0, 12);
    expect(list.reduce((sum, s) => sum + Math.sign(s.ln) * (s.end - s.start), 0)).toBeCloseTo(sumOf(list), 12);
  });
});
