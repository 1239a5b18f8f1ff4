import { describe, expect, it } from 'vitest';
import type { Card } from '@/wire/types';
import { headOver, nextSwim, readSwim, swum } from './swim';

const card = (caseId: string, cls: string, domain: string) => ({ caseId, domain, service: { class: cls } }) as unknown as Card;
const lanes = [
  {
    lane: 'new' as const,
    cards: [card('a', 'standard', 'web'), card('b', 'expedite', 'mail'), card('c', 'standard', 'mail'), card('d', 'expedite', 'web')],
  },
];
const order = (by: 'class' | 'domain' | undefined) =>
  swum(lanes, by)[0]
    ?.cards.map((c) => c.caseId)
    .join('');

describe('lanes by class or domain', () => {
  it('keep the order of cards of one kind', () => {
    expect(order(undefined)).toBe('abcd');
    expect(order('class')).toBe('bdac');
    expect(order('domain')).toBe('bcad');
  });
  it('head the first of each kind, with how many there are', () => {
    const cards = swum(lanes, 'domain')[0]?.cards ?? [];
    expect(cards.map((_, i) => headOver(cards, i, 'domain'))).toEqual([{ word: 'mail', count: 2 }, null, { word: 'web', count: 2 }, null]);
    expect(headOver(cards, 0, undefined)).toBeNull();
  });
  it('go round by a key, and nothing else is read from the address', () => {
    expect([undefined, 'class', 'domain'].map((s) => nextSwim(readSwim(s)))).toEqual(['class', 'domain', undefined]);
    expect(readSwim('constructor')).toBeUndefined();
  });
});
