import { Tooltip } from '@mantine/core';
import type { Source } from '@/wire/types';
import { type HealthShape, healthOf } from './health';

const shapes: Record<HealthShape, React.ReactNode> = {
  bad: <path d="M2 2l10 10M12 2L2 12" stroke="currentColor" strokeWidth="2" />,
  ill: <path d="M7 1.5 13 12.5H1z" fill="none" stroke="currentColor" strokeWidth="1.8" />,
  maintained: <path d="M4 2v10M10 2v10" stroke="currentColor" strokeWidth="2.4" />,
  findings: <path d="M3 13V2h8l-2 3 2 3H3" fill="none" stroke="currentColor" strokeWidth="1.7" />,
  well: <circle cx="7" cy="7" r="4" fill="currentColor" />,
};

export function Health({
  source,
}: {
  source: Pick<Source, 'ailments' | 'maintained' | 'events' | 'parseFailures' | 'findings'> & { firstMs?: number };
}) {
  const { shape, word, why } = healthOf(source);
  return (
    <Tooltip label={why} multiline maw={360}>
      <span className={`health health-${shape}`}>
        <svg width="11" height="11" viewBox="0 0 14 14" aria-hidden>
          {shapes[shape]}
        </svg>
        {word}
      </span>
    </Tooltip>
  );
}
