import { Button } from '@mantine/core';
import { CopyLine } from '@/parts/CopyLine';
import { utc } from '@/parts/time';

/** Something that is shown this once. */
export function Secret({
  text,
  what,
  untilMs,
  children,
  close,
}: {
  text: string;
  what: string;
  untilMs?: number;
  children: React.ReactNode;
  close: () => void;
}) {
  return (
    <div className="stack" style={{ gap: 12 }} role="status">
      {children}
      <CopyLine text={text} what={what} />
      <p className="dim">
        Shown this once; only its hash is kept.
        {untilMs !== undefined && ` It serves until ${utc(untilMs, false)}, to choose one of their own.`}
      </p>
      <Button onClick={close} data-autofocus>
        I have passed it on
      </Button>
    </div>
  );
}
