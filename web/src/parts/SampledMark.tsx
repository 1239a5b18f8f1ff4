import { Tooltip } from '@mantine/core';
import type { Finding } from '@/wire/types';
import { sampledIn } from './sampled';

/** Stands beside every count of rows of which some stand for several events; it says for how many. Nothing where each stands for itself. */
export function SampledMark({ findings }: { findings: Finding[] | undefined }) {
  const finding = sampledIn(findings);
  if (!finding) return null;
  const words = `${finding.message} ${finding.hint}`;
  return (
    <Tooltip label={words} multiline w={360}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what it says is read by keyboard too. */}
      <span className="tag amber sampled" tabIndex={0} role="note" aria-label={words}>
        {finding.level === 'note' ? 'some sampled' : 'sampled'}
      </span>
    </Tooltip>
  );
}
