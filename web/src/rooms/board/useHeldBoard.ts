import { useCallback, useMemo, useRef, useState } from 'react';
import type { Board } from '@/wire/types';
import { lanesOf, type Shown, type ShownLane, settle } from './heldOrder';

/** The board as shown, and the means to hold and to release it. */
export function useHeldBoard(board: Board | undefined) {
  const [held, setHeld] = useState(false);
  const [turn, setTurn] = useState(0);
  const before = useRef<ShownLane[] | null>(null);
  const releasedAt = useRef(-1);

  const shown = useMemo<Shown>(() => {
    if (!board) return { lanes: [], moved: 0 };
    const released = releasedAt.current !== turn;
    const next = settle(before.current, lanesOf(board), held && !released);
    releasedAt.current = turn;
    before.current = next.lanes;
    return next;
  }, [board, held, turn]);

  const release = useCallback(() => setTurn((t) => t + 1), []);
  /** For one's own doings: the next board that comes is shown at once, wherever the pointer is. */
  const letThrough = useCallback(() => {
    before.current = null;
    setTurn((t) => t + 1);
  }, []);
  return { shown, held, hold: setHeld, release, letThrough };
}
