import { Tooltip } from '@mantine/core';
import type { HealthSign } from '@/wire/types';
import { healthWords, worstFirst } from './health';

/** What ails a rule, in words; the figures are behind each. */
export function HealthBadges({ signs, most = 2 }: { signs: readonly HealthSign[]; most?: number }) {
  const list = worstFirst(signs);
  return (
    <span className="row" style={{ gap: 4, display: 'inline-flex' }}>
      {list.slice(0, most).map((s) => (
        <Tooltip key={s.mark} label={s.text}>
          <span className={`tag${s.grave ? ' amber' : ''}`}>{healthWords[s.mark].word}</span>
        </Tooltip>
      ))}
      {list.length > most && (
        <Tooltip
          label={list
            .slice(most)
            .map((s) => s.text)
            .join(' ')}
        >
          <span className="faint">+{list.length - most}</span>
        </Tooltip>
      )}
    </span>
  );
}
