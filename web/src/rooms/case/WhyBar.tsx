import { Tooltip } from '@mantine/core';
import { segments, terms } from '@/parts/whySum';
import { signed } from '@/parts/words';
import type { PriorityWhy } from '@/wire/types';

/** The four summands of ln odds on one axis: what pulls down left of zero, what lifts right of it. */
export function WhyBar({ why }: { why: PriorityWhy }) {
  const list = segments(terms(why));
  const low = Math.min(0, ...list.map((s) => s.start));
  const high = Math.max(0.5, ...list.map((s) => s.end));
  const x = (v: number) => `${((v - low) / (high - low)) * 100}%`;
  return (
    <div className="whybar" role="img" aria-label={list.map((s) => `${s.name} ${signed(s.ln, 2)}`).join(', ')}>
      <div className="whybar-track">
        {list.map((s, i) => {
          const width = ((s.end - s.start) / (high - low)) * 100;
          if (width < 0.15) return null;
          return (
            <Tooltip key={s.key} label={`${s.name}: ${s.meaning}`}>
              <div className={`whybar-seg f${i + 1}${s.ln < 0 ? ' minus' : ''}`} style={{ left: x(s.start), width: `${width}%` }}>
                {width > 9 && (
                  <span>
                    {s.key} {signed(s.ln, 2)}
                  </span>
                )}
              </div>
            </Tooltip>
          );
        })}
        <div className="whybar-zero" style={{ left: x(0) }} />
      </div>
    </div>
  );
}
