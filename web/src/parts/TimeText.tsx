import { Tooltip } from '@mantine/core';
import { useEffect, useState } from 'react';
import { ago, local, span, utc, utcClock } from './time';

/** The present, to the given step, so that "3 min ago" does not stand still. */
export function useNow(stepMs = 15_000): number {
  const [now, set] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => set(Date.now()), stepMs);
    return () => clearInterval(timer);
  }, [stepMs]);
  return now;
}

type Form = 'full' | 'clock' | 'ago' | 'since';

export function TimeText({ ms, form = 'full' }: { ms: number | null | undefined; form?: Form }) {
  const now = useNow();
  if (ms === null || ms === undefined || ms <= 0) return <span className="faint">never</span>;
  const text = form === 'full' ? utc(ms) : form === 'clock' ? utcClock(ms) : form === 'since' ? span(now - ms) : ago(ms, now);
  return (
    <Tooltip label={`${utc(ms)} · ${local(ms)} · ${ago(ms, now)}`}>
      <time dateTime={Number.isFinite(ms) && Math.abs(ms) < 8.64e15 ? new Date(ms).toISOString() : undefined} className="nowrap">
        {text}
      </time>
    </Tooltip>
  );
}
