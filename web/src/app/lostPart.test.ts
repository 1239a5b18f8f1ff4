import { expect, it } from 'vitest';
import { isLostPart, mayReload } from './lostPart';

it.each([
  ['Unable to preload CSS for http://127.0.0.1/assets/quality-1.css', true],
  ['Failed to fetch dynamically imported module: http://127.0.0.1/assets/QualityPage-1.js', true],
  ['error loading dynamically imported module', true],
  ['Importing a module script failed.', true],
  ['Failed to fetch', false],
  ['x is undefined', false],
])('%s: a part of the console is lost: %s', (message, lost) => expect(isLostPart(new Error(message))).toBe(lost));

it('loads anew once in half a minute', () => {
  const kept = new Map<string, string>();
  const storage = { getItem: (k: string) => kept.get(k) ?? null, setItem: (k: string, v: string) => void kept.set(k, v) };
  expect([100_000, 103_000, 129_000, 131_000].map((now) => mayReload(storage, now))).toEqual([true, false, false, true]);
});
