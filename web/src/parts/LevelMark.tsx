import type { Level } from '@/wire/types';
import { levelWords } from './words';

// Each level has its own outline, so that it reads without colour: octagon, triangle, square, ring, dash.
const shapes: Record<Level, React.ReactNode> = {
  critical: <path d="M4.2 1h5.6L13 4.2v5.6L9.8 13H4.2L1 9.8V4.2z" fill="currentColor" />,
  high: <path d="M7 1.4 13.2 12.4H.8z" fill="currentColor" />,
  medium: <rect x="2.2" y="2.2" width="9.6" height="9.6" fill="none" stroke="currentColor" strokeWidth="2.2" />,
  low: <circle cx="7" cy="7" r="4.4" fill="none" stroke="currentColor" strokeWidth="1.8" />,
  informational: <path d="M2.5 7h9" stroke="currentColor" strokeWidth="1.8" />,
};

export function LevelMark({ level, word = true }: { level: Level; word?: boolean }) {
  return (
    <span className={`level level-${level}`} title={word ? undefined : `Level ${levelWords[level] ?? level}`}>
      <svg
        width="11"
        height="11"
        viewBox="0 0 14 14"
        aria-hidden={word}
        role={word ? undefined : 'img'}
        aria-label={word ? undefined : `Level ${level}`}
      >
        {shapes[level] ?? shapes.informational}
      </svg>
      {word && <span>{levelWords[level] ?? level}</span>}
    </span>
  );
}
