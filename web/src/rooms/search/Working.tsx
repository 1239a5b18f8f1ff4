import { useEffect, useState } from 'react';
import { lasts, type TimeRange } from '@/parts/searchLink';

/** A search that runs: since when, what it reads, how to end it. */
export function Working({ range, cancel }: { range: TimeRange; cancel: () => void }) {
  const [since] = useState(Date.now);
  const [now, set] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => set(Date.now()), 200);
    return () => clearInterval(timer);
  }, []);
  const seconds = (now - since) / 1000;
  const time = 'last' in range ? (lasts.find(([k]) => k === range.last)?.[1] ?? range.last) : 'the chosen time';
  return (
    <div className="working" role="status">
      <div className="working-bar" />
      <span>
        Searching {time}, {seconds.toFixed(1)} s.
        {seconds > 5 && ' A narrower time, a host or a source makes it quicker; at 60 s it stops and shows what it has.'}
      </span>
      <button type="button" className="bare link" onClick={cancel}>
        Cancel
      </button>
    </div>
  );
}
