import { Button } from '@mantine/core';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { utcClock } from '@/parts/time';
import { useSettleDoubt } from '@/wire/settleDoubt';
import type { DoubtChoice, RunStep } from '@/wire/types';

const choices: [DoubtChoice, string, string][] = [
  ['happened', 'It happened', 'Go on as if it had answered.'],
  ['again', 'Run again', 'Send it once more.'],
  ['skip', 'Skip', 'Go on without it.'],
];

/** Sent, and no answer recorded. Only a person can know. */
export function DoubtBox({ runId, step }: { runId: string; step: RunStep }) {
  const settle = useSettleDoubt(runId);
  return (
    <div className="askbox doubt" role="group" aria-label="In doubt">
      <div>
        <b>In doubt.</b> Sent{step.startedMs ? ` at ${utcClock(step.startedMs)} UTC` : ''}, and no answer was recorded before Andon stopped.
        Look at the other side, then say what is true.
        {step.effect === 'once' && ' This step must not happen twice.'}
      </div>
      <FindingList findings={findingsOf(settle.error)} />
      <div className="row wrap">
        {choices.map(([choice, words, meaning]) => (
          <Button
            key={choice}
            variant="default"
            title={meaning}
            loading={settle.isPending && settle.variables?.choice === choice}
            onClick={() => settle.mutate({ stepId: step.stepId, choice })}
          >
            {words}
          </Button>
        ))}
      </div>
    </div>
  );
}
