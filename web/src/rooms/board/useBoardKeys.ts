import { useEffect, useRef } from 'react';
import { typing } from '@/parts/typing';
import type { Card } from '@/wire/types';
import type { CardWish } from './CardMenu';
import type { ShownLane } from './heldOrder';

interface Acts {
  lanes: ShownLane[];
  chosen: string | null;
  choose: (caseId: string) => void;
  open: (card: Card, act?: string) => void;
  acts: Record<CardWish, (card: Card) => void>;
  pullNext: () => void;
  release: () => void;
  plan: () => void;
  clear: () => void;
  swim: () => void;
}

const keyOf: Record<string, CardWish> = {
  m: 'move',
  a: 'take',
  e: 'close',
  R: 'route',
  c: 'class',
  o: 'ask',
  w: 'wait',
  z: 'snooze',
  x: 'select',
};

export function useBoardKeys(acts: Acts) {
  const now = useRef(acts);
  now.current = acts;
  useEffect(() => {
    const on = (e: KeyboardEvent) => {
      if (typing(e)) return;
      if (press(now.current, e.key, e.target)) e.preventDefault();
    };
    window.addEventListener('keydown', on);
    return () => window.removeEventListener('keydown', on);
  }, []);
}

function press(b: Acts, key: string, target: EventTarget | null): boolean {
  const lane = b.lanes.findIndex((l) => l.cards.some((c) => c.caseId === b.chosen));
  const at = lane < 0 ? -1 : (b.lanes[lane]?.cards.findIndex((c) => c.caseId === b.chosen) ?? -1);
  const card = b.lanes[lane]?.cards[at];
  const show = (c: Card | undefined) => {
    if (!c) return true;
    b.choose(c.caseId);
    document.querySelector(`[data-case="${CSS.escape(c.caseId)}"]`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    return true;
  };
  const first = b.lanes.find((l) => l.cards.length > 0)?.cards[0];
  const beside = (by: number) => {
    for (let i = lane + by; i >= 0 && i < b.lanes.length; i += by) {
      const cards = b.lanes[i]?.cards ?? [];
      if (cards.length > 0) return show(cards[Math.min(at, cards.length - 1)]);
    }
    return true;
  };
  const onControl = target instanceof Element && target.closest('a, button') !== null;
  switch (key) {
    case 'j':
    case 'ArrowDown':
      return show(card ? (b.lanes[lane]?.cards[at + 1] ?? card) : first);
    case 'k':
    case 'ArrowUp':
      return show(card ? (b.lanes[lane]?.cards[at - 1] ?? card) : first);
    case 'l':
    case 'ArrowRight':
      return card ? beside(1) : show(first);
    case 'h':
    case 'ArrowLeft':
      return card ? beside(-1) : show(first);
    case 'p':
      b.pullNext();
      return true;
    case ' ':
      if (onControl) return false;
      b.release();
      return true;
    case 'Enter':
      if (onControl || !card) return false;
      b.open(card);
      return true;
    case '+':
      b.plan();
      return true;
    case '/':
      document.getElementById('board-filter')?.focus();
      return true;
    case 's':
      b.swim();
      return true;
    case 'Escape':
      b.clear();
      return true;
    default: {
      const act = keyOf[key];
      if (!act) return false;
      if (card) b.acts[act](card);
      return true;
    }
  }
}
