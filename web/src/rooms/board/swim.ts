import { classes, classWords } from '@/parts/classWords';
import type { Card } from '@/wire/types';
import type { ShownLane } from './heldOrder';

/** How the cards of each lane are parted: by class of service, by domain, or not. Kept in the address. */
export type Swim = 'class' | 'domain';
export const swims: { value: Swim | ''; word: string }[] = [
  { value: '', word: 'none' },
  { value: 'class', word: 'class' },
  { value: 'domain', word: 'domain' },
];
export const readSwim = (text: unknown): Swim | undefined => (text === 'class' || text === 'domain' ? text : undefined);
export const nextSwim = (now: Swim | undefined): Swim | undefined =>
  readSwim(swims[(swims.findIndex((s) => s.value === (now ?? '')) + 1) % swims.length]?.value);

const key = (card: Card, by: Swim) => (by === 'class' ? card.service.class : card.domain);
const place = (name: string, by: Swim) => (by === 'class' ? String(classes.indexOf(name as (typeof classes)[number])) : name);

/** Cards of one kind stand together, in the same order in every lane; among themselves they keep theirs. */
export function swum(lanes: ShownLane[], by: Swim | undefined): ShownLane[] {
  if (!by) return lanes;
  return lanes.map(({ lane, cards }) => ({
    lane,
    cards: cards
      .map((card, at) => ({ card, at, group: place(key(card, by), by) }))
      .sort((a, b) => a.group.localeCompare(b.group) || a.at - b.at)
      .map((c) => c.card),
  }));
}

/** The heading that stands over a card: only over the first of its kind. */
export function headOver(cards: readonly Card[], at: number, by: Swim | undefined): { word: string; count: number } | null {
  const card = cards[at];
  if (!by || !card) return null;
  const mine = key(card, by);
  const before = cards[at - 1];
  if (before && key(before, by) === mine) return null;
  return { word: by === 'class' ? classWords[card.service.class].word : mine, count: cards.filter((c) => key(c, by) === mine).length };
}
