import { Tooltip } from '@mantine/core';
import type { Source } from '@/wire/types';

const hour = 3_600_000;

/** One word for a source: silent, failing, with findings, or well. */
export function healthOf(s: Source, now: number): { word: 'silent' | 'failing' | 'findings' | 'well'; rank: number; why: string } {
  if (now - s.lastMs > hour) return { word: 'silent', rank: 0, why: 'Nothing for an hour and more.' };
  if (s.events > 0 && s.parseFailures / s.events > 0.05)
    return { word: 'failing', rank: 1, why: 'More than one record in twenty is not understood.' };
  if (s.findings.length > 0) return { word: 'findings', rank: 2, why: s.findings.map((f) => `${f.code} × ${f.count}`).join(', ') };
  return { word: 'well', rank: 3, why: 'Sends, and is understood.' };
}

const shapes = {
  silent: <path d="M2 2l10 10M12 2L2 12" stroke="currentColor" strokeWidth="2" />,
  failing: <path d="M7 1.5 13 12.5H1z" fill="none" stroke="currentColor" strokeWidth="1.8" />,
  findings: <path d="M3 13V2h8l-2 3 2 3H3" fill="none" stroke="currentColor" strokeWidth="1.7" />,
  well: <circle cx="7" cy="7" r="4" fill="currentColor" />,
};

export function Health({ source, now }: { source: Source; now: number }) {
  const { word, why } = healthOf(source, now);
  return (
    <Tooltip label={why}>
      <span className={`health health-${word}`}>
        <svg width="11" height="11" viewBox="0 0 14 14" aria-hidden>
          {shapes[word]}
        </svg>
        {word}
      </span>
    </Tooltip>
  );
}
