import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { typing } from '@/parts/typing';
import { places } from './places';

/** Ctrl-K, ?, and g followed by a room's letter. */
export function useGlobalKeys(act: { openPalette: () => void; openHelp: () => void }) {
  const go = useNavigate();
  const now = useRef(act);
  now.current = act;
  useEffect(() => {
    // Long ago: a page that is just opened waits for nothing, and its clock begins at 0.
    let waitsForRoom = Number.NEGATIVE_INFINITY;
    const on = (e: KeyboardEvent) => {
      if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === 'k') {
        e.preventDefault();
        now.current.openPalette();
        return;
      }
      if (typing(e)) return;
      if (e.key === '?') now.current.openHelp();
      else if (e.key === 'g') waitsForRoom = e.timeStamp;
      else if (e.timeStamp - waitsForRoom < 1200) {
        const room = places.find((r) => r.key === e.key);
        waitsForRoom = Number.NEGATIVE_INFINITY;
        if (!room) return;
        e.preventDefault();
        e.stopImmediatePropagation();
        void go({ to: room.to });
      }
    };
    window.addEventListener('keydown', on, true);
    return () => window.removeEventListener('keydown', on, true);
  }, [go]);
}
