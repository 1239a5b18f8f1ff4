import { Button } from '@mantine/core';
import { FindingList, findingsOf } from '@/parts/FindingView';

interface Act {
  error: unknown;
  isPending: boolean;
}

/** Says what will happen, then does it. */
export function Confirm({ children, word, act, run }: { children: React.ReactNode; word: string; act: Act; run: () => void }) {
  return (
    <div className="stack" style={{ gap: 14 }}>
      {children}
      <FindingList findings={findingsOf(act.error)} />
      <Button color="red" loading={act.isPending} onClick={run} data-autofocus>
        {word}
      </Button>
    </div>
  );
}
