// @vitest-environment jsdom
import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { describe, expect, it } from 'vitest';
import type { Board, Card } from '@/wire/types';
import { useHeldBoard } from './useHeldBoard';

const board = (...ids: string[]) =>
  ({
    lanes: [{ lane: 'new', cards: ids.map((caseId, i) => ({ caseId, priority: 90 - i, openedMs: 0, number: i }) as Card) }],
  }) as unknown as Board;
interface At {
  of: Board;
  shows: string;
  asked: string;
  fresh: boolean;
}

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

let result: ReturnType<typeof useHeldBoard> | undefined;

function Probe({ of, shows, asked, fresh }: At) {
  result = useHeldBoard(of, shows, asked, fresh);
  return null;
}

function begin(first: At) {
  const root = createRoot(document.createElement('div'));
  const show = (at: At) => act(() => root.render(<Probe {...at} />));
  show(first);
  const now = () => {
    if (!result) throw new Error('nothing was rendered');
    return result;
  };
  return {
    show,
    now,
    ids: () =>
      now()
        .shown.lanes.flatMap((l) => l.cards.map((c) => c.caseId))
        .join(''),
  };
}

describe('the board under the pointer', () => {
  it('holds back a card that comes by itself', () => {
    const of = begin({ of: board('a'), shows: '', asked: '', fresh: true });
    act(() => of.now().hold(true));
    of.show({ of: board('a', 'b'), shows: '', asked: '', fresh: true });
    expect(of.ids()).toBe('a');
    expect(of.now().shown.moved).toBe(1);
  });

  it('shows what another filter brings, what is kept of it and what is answered then, though the pointer stands over it', () => {
    const of = begin({ of: board(), shows: 'is:asleep', asked: 'is:asleep', fresh: true });
    // Kept from before the card woke; the answer of now is on its way, and the button is gone from under the pointer.
    of.show({ of: board('a'), shows: '', asked: '', fresh: false });
    act(() => of.now().hold(true));
    expect(of.ids()).toBe('a');
    of.show({ of: board('a', 'b'), shows: '', asked: '', fresh: true });
    expect(of.ids()).toBe('ab');
    // From then on it stands still again.
    of.show({ of: board('a', 'b', 'c'), shows: '', asked: '', fresh: true });
    expect(of.ids()).toBe('ab');
  });
});
