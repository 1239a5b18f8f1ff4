import { describe, expect, it } from 'vitest';
import { stepFor, withGaps } from './step';

describe('the step of a chart over time', () => {
  it.each([
    [60_000, '10s'],
    [900_000, '1m'],
    [3_600_000, '1m'],
    [14_400_000, '5m'],
    [86_400_000, '1h'],
    [7 * 86_400_000, '4h'],
    [400 * 86_400_000, '1d'],
  ])('%d ms are cut by %s', (length, step) => expect(stepFor(length)).toBe(step));
});

describe('a line over time', () => {
  it.each([
    [
      [0, 10, 20],
      [0, 1, 2],
    ],
    [
      [0, 10, 40, 50],
      [0, 1, null, 2, 3],
    ],
    [[5], [0]],
    [[], []],
  ])('%j breaks where steps are missing', (times, places) => expect(withGaps(times)).toEqual(places));
});
