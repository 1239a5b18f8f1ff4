import { SegmentedControl } from '@mantine/core';
import { readSwim, type Swim, swims } from './swim';

/** Lanes by class of service, by domain, or whole. */
export function SwimToggle({ swim, set }: { swim: Swim | undefined; set: (to: Swim | undefined) => void }) {
  return (
    <div className="row swim-toggle" title="Part each lane by class of service or by domain (s)">
      <span className="faint">Lanes by</span>
      <SegmentedControl
        size="xs"
        aria-label="Lanes by"
        value={swim ?? ''}
        onChange={(to) => set(readSwim(to))}
        data={swims.map((s) => ({ value: s.value, label: s.word }))}
      />
    </div>
  );
}
