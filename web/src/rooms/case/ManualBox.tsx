import { Button, Radio, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { Hostile } from '@/parts/Hostile';
import { useAnswerStep } from '@/wire/answerStep';
import type { RunStep, RunVariable } from '@/wire/types';

/** A step that a person does: what to do, then how it went. */
export function ManualBox({ runId, step, variables }: { runId: string; step: RunStep; variables: RunVariable[] }) {
  const [text, setText] = useState('');
  const [values, setValues] = useState<Record<string, string>>({});
  const answer = useAnswerStep(runId);
  const give = (outcome: 'succeeded' | 'failed') =>
    answer.mutate({ stepId: step.stepId, outcome, text, variables: Object.keys(values).length > 0 ? values : undefined });
  return (
    <div className="askbox" data-step={step.stepId}>
      <div style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
        <Hostile text={step.prompt || step.rendered} lines />
      </div>
      <Textarea label="What you found" autosize minRows={2} value={text} onChange={(e) => setText(e.currentTarget.value)} />
      {step.outputs.map((name) => (
        <Answer
          key={name}
          name={name}
          about={variables.find((v) => v.name === name)}
          value={values[name] ?? ''}
          give={(value) => setValues({ ...values, [name]: value })}
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

/** A value that later steps decide by: yes or no where that is what it can be. */
function Answer({ name, about, value, give }: { name: string; about?: RunVariable; value: string; give: (value: string) => void }) {
  const label = about?.description || name.replace(/^__|__$/g, '').replaceAll('_', ' ');
  const description = 'Later steps decide by this answer.';
  if (about?.type !== 'bool')
    return <TextInput label={label} description={description} value={value} onChange={(e) => give(e.currentTarget.value)} />;
  return (
    <Radio.Group label={label} description={description} value={value} onChange={give}>
      <div className="row" style={{ gap: 16, marginTop: 4 }}>
        <Radio value="true" label="Yes" size="xs" />
        <Radio value="false" label="No" size="xs" />
      </div>
    </Radio.Group>
  );
}
