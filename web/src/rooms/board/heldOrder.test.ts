import { describe, expect, it } from 'vitest';
import type { Card } from '@/wire/types';
import { countMoved, longestRising, type ShownLane, settle } from './heldOrder';

const card = (caseId: string, priority: number) => ({ caseId, priority, openedMs: 0, number: 0 }) as Card;
const lane = (name: string, ...ids: string[]): ShownLane => ({
  lane: name as ShownLane['lane'],
  cards: ids.map((id, i) => card(id, 90 - i)),
});
const ids = (lanes: ShownLane[]) => lanes.map((l) => l.cards.map((c) => c.caseId).join(''));

describe('order under the cursor', () => {
  it('follows at once while nobody points at it', () => {
    const shown = settle([lane('new', 'a', 'b')], [lane('new', 'b', 'a')], false);
    expect(ids(shown.lanes)).toEqual(['ba']);
    expect(shown.moved).toBe(0);
  });

  it('stands still while held, and counts what waits', () => {
    const shown = settle([lane('new', 'a', 'b', 'c')], [lane('new', 'c', 'a', 'b')], true);
    expect(ids(shown.lanes)).toEqual(['abc']);
    expect(shown.moved).toBe(1);
  });

  it('renews what a card says in place', () => {
    const next = { ...lane('new', 'b', 'a'), cards: [card('b', 99), card('a', 12)] };
    const shown = settle([lane('new', 'a', 'b')], [next], true);
    expect(shown.lanes[0]?.cards.map((c) => [c.caseId, c.priority])).toEqual([
      ['a', 12],
      ['b', 99],
    ]);
  });

  it('counts cards that came, went, or changed lane, once each', () => {
    expect(countMoved([lane('new', 'a', 'b')], [lane('new', 'a', 'b', 'x')])).toBe(1);
    expect(countMoved([lane('new', 'a', 'b')], [lane('new', 'a')])).toBe(1);
    expect(countMoved([lane('new', 'a', 'b'), lane('triage')], [lane('new', 'b'), lane('triage', 'a')])).toBe(1);
    expect(countMoved([lane('new', 'a', 'b')], [lane('new', 'a', 'b')])).toBe(0);
  });

  it('keeps a card where it is through a hundred updates, whatever they bring', () => {
    const all = 'abcdefghijklmnopqrst'.split('');
    const first = [lane('new', ...all)];
    let shown = settle(null, first, false).lanes;
    let seed = 3;
    for (let n = 0; n < 100; n++) {
      const mixed = [...all].sort(() => {
        seed = (seed * 16807) % 2147483647;
        return (seed % 3) - 1;
      });
      const next = settle(shown, [lane('new', ...mixed)], true);
      expect(ids(next.lanes)).toEqual(ids(first));
      shown = next.lanes;
    }
  });

  it('finds the longest rising run', () => {
    expect(longestRising([])).toBe(0);
    expect(longestRising([3, 1, 2, 0, 4])).toBe(3);
    expect(longestRising([5, 4, 3])).toBe(1);
  });
});
