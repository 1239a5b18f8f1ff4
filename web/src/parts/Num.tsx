import { Tooltip } from '@mantine/core';

/** A number that says what it counts. */
export function Num({ children, means }: { children: React.ReactNode; means: string }) {
  return (
    <Tooltip label={means}>
      <span className="nowrap">{children}</span>
    </Tooltip>
  );
}
