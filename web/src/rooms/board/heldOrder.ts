import type { Board, Card, Lane } from '@/wire/types';

export interface ShownLane {
  lane: Lane;
  cards: Card[];
}
export interface Shown {
  lanes: ShownLane[];
  /** Cards that stand elsewhere by now, came, or went, and wait until the pointer leaves. */
  moved: number;
}

export const lanesOf = (board: Board): ShownLane[] =>
  board.lanes.map(({ lane, cards }) => ({
    lane,
    cards: [...cards].sort((a, b) => b.priority - a.priority || a.openedMs - b.openedMs || a.number - b.number),
  }));

/**
 * What the board shows. While held (a pointer is over it, a card is dragged) every card stays where it is: its words and
 * numbers are renewed in place, its position is not. Whatever would have moved is counted.
 */
export function settle(before: ShownLane[] | null, wanted: ShownLane[], held: boolean): Shown {
  if (!held || before === null) return { lanes: wanted, moved: 0 };
  const fresh = new Map(wanted.flatMap((l) => l.cards.map((c) => [c.caseId, c] as const)));
  const lanes = before.map(({ lane, cards }) => ({ lane, cards: cards.map((c) => fresh.get(c.caseId) ?? c) }));
  return { lanes, moved: countMoved(before, wanted) };
}

export function countMoved(before: ShownLane[], wanted: ShownLane[]): number {
  const oldIds = new Set(before.flatMap((l) => l.cards.map((c) => c.caseId)));
  const newIds = new Set(wanted.flatMap((l) => l.cards.map((c) => c.caseId)));
  let moved = 0;
  for (const id of oldIds) if (!newIds.has(id)) moved++;
  for (const { lane, cards } of wanted) {
    const place = new Map((before.find((l) => l.lane === lane)?.cards ?? []).map((c, i) => [c.caseId, i]));
    const stayed = cards.map((c) => place.get(c.caseId)).filter((i) => i !== undefined);
    // Of the cards that stayed in the lane, the fewest that must move are those outside a longest rising run.
    moved += cards.length - longestRising(stayed);
  }
  return moved;
}

export function longestRising(list: number[]): number {
  const tails: number[] = [];
  for (const v of list) {
    let lo = 0;
    let hi = tails.length;
    while (lo < hi) {
      const mid = (lo + hi) >> 1;
      if ((tails[mid] as number) < v) lo = mid + 1;
      else hi = mid;
    }
    tails[lo] = v;
  }
  return tails.length;
}
