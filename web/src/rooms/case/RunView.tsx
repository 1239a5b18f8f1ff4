import { Button } from '@mantine/core';
import {
  IconCircle,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconClockX,
  IconHandStop,
  IconHelpHexagon,
  IconPlayerSkipForward,
  IconPlayerStop,
  IconProgress,
} from '@tabler/icons-react';
import { Hostile } from '@/parts/Hostile';
import { Panel } from '@/parts/Panel';
import { TimeText, useNow } from '@/parts/TimeText';
import { span } from '@/parts/time';
import { runWords, stepWords } from '@/parts/words';
import { useCancelRun } from '@/wire/cancelRun';
import { useRun } from '@/wire/getRun';
import type { Run, RunStep, RunVariable, StepState } from '@/wire/types';
import { DoubtBox } from './DoubtBox';
import { KeepButton } from './KeepButton';
import { ManualBox } from './ManualBox';

const icons: Record<StepState, typeof IconCircle> = {
  pending: IconCircleDashed,
  running: IconProgress,
  waiting: IconHandStop,
  succeeded: IconCircleCheck,
  failed: IconCircleX,
  timedOut: IconClockX,
  cancelled: IconPlayerStop,
  skipped: IconPlayerSkipForward,
  inDoubt: IconHelpHexagon,
};

/** One run: every step with its state, what it did or will do, and the box where a person is asked. */
export function RunView({ runId, given }: { runId: string; given: Run }) {
  const run = useRun(runId).data ?? given;
  const cancel = useCancelRun(runId);
  const now = useNow(1000);
  const live = ['running', 'waiting', 'inDoubt'].includes(run.state);
  return (
    <Panel
      title={<Hostile text={run.name} />}
      aside={
        <>
          <span className={`run-state run-${run.state}`}>{runWords[run.state] ?? run.state}</span>
          <span className="faint grow">
            began <TimeText ms={run.startedMs} /> ·{' '}
            {live ? `${span(now - run.startedMs)} so far` : `took ${span((run.endedMs ?? run.startedMs) - run.startedMs)}`} · version{' '}
            {run.version.slice(0, 10)}
          </span>
          {!live && (
            <KeepButton
              caseId={run.caseId}
              what={() => ({
                name: `run-${run.runId}.json`,
                kind: 'playbook',
                body: JSON.stringify(run, null, 1),
                origin: `run ${run.runId} of ${run.name}`,
              })}
            >
              Keep as evidence
            </KeepButton>
          )}
          {live && (
            <Button size="compact-xs" variant="default" onClick={() => cancel.mutate()} loading={cancel.isPending}>
              Cancel run
            </Button>
          )}
        </>
      }
    >
      <ol className="steps">
        {run.steps.map((s) => (
          <Step key={s.stepId} runId={runId} step={s} variables={run.variables} />
        ))}
      </ol>
      {(run.variables ?? []).length > 0 && (
        <details className="vars">
          <summary className="dim">Variables</summary>
          <dl className="kv mono">
            {run.variables.map((v) => (
              <div key={v.name} style={{ display: 'contents' }}>
                <dt title={v.description}>{v.name}</dt>
                <dd>
                  {v.value === null || v.value === undefined ? (
                    <span className="faint">not yet known</span>
                  ) : (
                    <Hostile text={v.value} max={400} />
                  )}
                </dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </Panel>
  );
}

const effects: Record<string, string> = {
  pure: 'Changes nothing outside.',
  keyed: 'Can be repeated safely: it carries a key.',
  probe: 'Can be checked after the fact.',
  once: 'Must not happen twice.',
};

function Step({ runId, step, variables }: { runId: string; step: RunStep; variables: RunVariable[] }) {
  const Icon = icons[step.state] ?? IconCircle;
  const manual = step.state === 'waiting';
  return (
    <li className={`step step-${step.state}`}>
      <Icon size={18} stroke={1.6} className="step-icon" aria-hidden />
      <div className="step-main">
        <div className="row wrap" style={{ gap: 10 }}>
          <span className="strong">
            <Hostile text={step.name} />
          </span>
          <span className={`step-word`}>{stepWords[step.state] ?? step.state}</span>
          <span className="faint" title={effects[step.effect]}>
            {step.kind}
            {step.effect && step.effect !== 'pure' && ` · ${step.effect}`}
            {step.attempt > 1 && ` · attempt ${step.attempt}`}
          </span>
          <span className="grow" />
          {step.startedMs ? (
            <span className="faint">
              <TimeText ms={step.startedMs} form="clock" />
              {step.endedMs ? ` · ${span(step.endedMs - step.startedMs)}` : ''}
            </span>
          ) : null}
        </div>
        {manual && <ManualBox key={step.stepId} runId={runId} step={step} variables={variables} />}
        {step.state === 'inDoubt' && <DoubtBox runId={runId} step={step} />}
        {!manual && step.rendered && (
          <pre className="step-text">
            <Hostile text={step.rendered} lines />
          </pre>
        )}
        {step.output && (
          <div>
            <span className="label">answer</span>
            <pre className="step-text out">
              <Hostile text={step.output} lines />
            </pre>
          </div>
        )}
      </div>
    </li>
  );
}
