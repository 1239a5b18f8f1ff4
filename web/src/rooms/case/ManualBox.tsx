import { Button, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { Hostile } from '@/parts/Hostile';
import { useAnswerStep } from '@/wire/answerStep';
import type { RunStep } from '@/wire/types';

/** A step that a person does: what to do, then how it went. */
export function ManualBox({ runId, step }: { runId: string; step: RunStep }) {
  const [text, setText] = useState('');
  const [values, setValues] = useState<Record<string, string>>({});
  const answer = useAnswerStep(runId);
  const give = (outcome: 'succeeded' | 'failed') =>
    answer.mutate({ stepId: step.stepId, outcome, text, variables: Object.keys(values).length > 0 ? values : undefined });
  return (
    <div className="askbox">
      <div style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
        <Hostile text={step.prompt || step.rendered} lines />
      </div>
      <Textarea label="What you found" autosize minRows={2} value={text} onChange={(e) => setText(e.currentTarget.value)} />
      {(step.outputs ?? []).map((name) => (
        <TextInput
          key={name}
          label={name.replace(/^__|__$/g, '')}
          description="Later steps decide by this answer"
          value={values[name] ?? ''}
          onChange={(e) => setValues({ ...values, [name]: e.currentTarget.value })}
        />
      ))}
      <FindingList findings={findingsOf(answer.error)} />
      <div className="row">
        <Button onClick={() => give('succeeded')} loading={answer.isPending && answer.variables?.outcome === 'succeeded'}>
          Done
        </Button>
        <Button variant="default" onClick={() => give('failed')} loading={answer.isPending && answer.variables?.outcome === 'failed'}>
          Could not be done
        </Button>
      </div>
    </div>
  );
}
