import { useCallback, useMemo, useRef, useState } from 'react';
import type { Board } from '@/wire/types';
import { lanesOf, type Shown, type ShownLane, settle } from './heldOrder';

/**
 * The board as shown, and the means to hold and to release it.
 * @param filter of the cards in `board`; @param asked the one that the address has; @param fresh nothing newer is on its way.
 */
export function useHeldBoard(board: Board | undefined, filter: string, asked: string, fresh: boolean) {
  const [held, setHeld] = useState(false);
  const [turn, setTurn] = useState(0);
  const before = useRef<ShownLane[] | null>(null);
  const releasedAt = useRef(-1);
  const filtered = useRef(filter);
  const askedFor = useRef(asked);
  const awaited = useRef(false);

  const shown = useMemo<Shown>(() => {
    if (!board) return { lanes: [], moved: 0 };
    // Another filter is one's own doing: what it shows is shown at once.
    if (filtered.current !== filter) before.current = null;
    filtered.current = filter;
    // What was kept of that filter is shown first, and what the server answers next is still part of one's own doing: the pointer may stand
    // over the lanes by then, for what it clicked is gone.
    if (askedFor.current !== asked) awaited.current = true;
    askedFor.current = asked;
    const released = releasedAt.current !== turn || awaited.current;
    if (fresh) awaited.current = false;
    const next = settle(before.current, lanesOf(board), held && !released);
    releasedAt.current = turn;
    before.current = next.lanes;
    return next;
  }, [board, held, turn, filter, asked, fresh]);

  const release = useCallback(() => setTurn((t) => t + 1), []);
  /** For one's own doings: the next board that comes is shown at once, wherever the pointer is. */
  const letThrough = useCallback(() => {
    before.current = null;
    setTurn((t) => t + 1);
  }, []);
  return { shown, held, hold: setHeld, release, letThrough };
}
