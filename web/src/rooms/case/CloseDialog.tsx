import { Button, Modal, MultiSelect, NumberInput, SegmentedControl, Select, Textarea } from '@mantine/core';
import { useState } from 'react';
import { FindingList, findingsAt, findingsElsewhere, findingsOf } from '@/parts/FindingView';
import { Hostile } from '@/parts/Hostile';
import { discoveries, tacticKey, tactics, tacticWord, verdictWords } from '@/parts/words';
import { useCloseCase } from '@/wire/closeCase';
import { useControls } from '@/wire/getControls';
import type { CaseView, CloseAsk, Verdict } from '@/wire/types';

const fields = ['verdict', 'controlsFailed', 'earliestMissedStage', 'discovery', 'reason', 'effortMinutes'];
const meaning: Record<Verdict, string> = {
  truePositive: 'It happened and it was bad. Needs the controls that failed and the earliest stage that was missed.',
  benignPositive: 'It happened as detected, and it was allowed.',
  falsePositive: 'It did not happen. Lowers the reliability of the rules that said so.',
  undecided: 'It cannot be decided. Counted openly.',
};

export function CloseDialog({ opened, view, close }: { opened: boolean; view: CaseView; close: () => void }) {
  return (
    <Modal opened={opened} onClose={close} title={`Close #${view.card.number}`} size={640}>
      {opened && <Inside view={view} close={close} />}
    </Modal>
  );
}

function Inside({ view, close }: { view: CaseView; close: () => void }) {
  const controls = useControls();
  const end = useCloseCase(view.card.caseId);
  const [ask, setAsk] = useState<CloseAsk & { controlsFailed: string[] }>({
    verdict: 'truePositive',
    controlsFailed: [],
    discovery: 'internal.detection',
    reason: '',
    effortMinutes: 15,
  });
  const set = (part: Partial<typeof ask>) => setAsk({ ...ask, ...part });
  const findings = findingsOf(end.error);
  const at = (field: string) =>
    findingsAt(findings, field)
      .map((f) => `${f.message} ${f.hint}`)
      .join(' ') || undefined;
  const confirmed = ask.verdict === 'truePositive';
  const list: { id: string; name: string; meaning?: string }[] = controls.data?.controls ?? view.controls;
  const had = new Set(view.card.tactics.map(tacticKey));
  const seen = tactics.filter((t) => had.has(t));
  const submit = (e: React.FormEvent) => {
    e.preventDefault();
    end.mutate(ask, { onSuccess: close });
  };
  return (
    <form onSubmit={submit} className="stack" style={{ gap: 14 }} noValidate>
      <div className="strong">
        <Hostile text={view.card.title} max={160} />
      </div>
      <div>
        <div className="mantine-InputWrapper-label" style={{ marginBottom: 4 }}>
          Verdict
        </div>
        <SegmentedControl
          fullWidth
          value={ask.verdict}
          onChange={(v) => set({ verdict: v as Verdict })}
          data={Object.entries(verdictWords).map(([value, label]) => ({ value, label }))}
        />
        <div className="dim" style={{ marginTop: 4 }}>
          {meaning[ask.verdict]}
        </div>
        {at('verdict') && <div className="up">{at('verdict')}</div>}
      </div>
      <MultiSelect
        label="Controls that failed"
        description={confirmed ? 'At least one. Also a control that is absent, or could not see.' : 'None is fine for this verdict.'}
        withAsterisk={confirmed}
        searchable
        clearable
        data={list.map((c) => ({ value: c.id, label: c.name }))}
        renderOption={({ option }) => (
          <div>
            {option.label}
            <div className="faint">{list.find((c) => c.id === option.value)?.meaning}</div>
          </div>
        )}
        value={ask.controlsFailed}
        onChange={(v) => set({ controlsFailed: v })}
        error={at('controlsFailed')}
        placeholder={ask.controlsFailed.length ? undefined : 'Pick from the catalogue'}
      />
      <div className="close-two">
        <Select
          label="Earliest missed stage"
          description={seen.length ? `Seen in this case: ${seen.map(tacticWord).join(', ')}` : 'Where it could first have been stopped'}
          withAsterisk={confirmed}
          clearable
          data={tactics.map((t) => ({ value: t, label: tacticWord(t) }))}
          value={ask.earliestMissedStage ?? null}
          onChange={(v) => set({ earliestMissedStage: v ?? undefined })}
          error={at('earliestMissedStage')}
        />
        <Select
          label="Discovery"
          description="How we came to know"
          withAsterisk
          allowDeselect={false}
          data={discoveries.map(([value, label]) => ({ value, label }))}
          value={ask.discovery}
          onChange={(v) => v && set({ discovery: v })}
          error={at('discovery')}
        />
        <NumberInput
          label="Effort"
          description="Hands-on minutes, as you judge it"
          withAsterisk
          min={0}
          max={100_000}
          suffix=" min"
          value={ask.effortMinutes}
          onChange={(v) => set({ effortMinutes: Number(v) || 0 })}
          error={at('effortMinutes')}
        />
      </div>
      <Textarea
        label="Reason"
        withAsterisk
        data-autofocus
        autosize
        minRows={3}
        description="What it was, and how you know."
        value={ask.reason}
        onChange={(e) => set({ reason: e.currentTarget.value })}
        error={at('reason')}
      />
      <FindingList findings={findingsElsewhere(findings, fields)} />
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={close}>
          Not yet
        </Button>
        <Button type="submit" loading={end.isPending}>
          Close case
        </Button>
      </div>
    </form>
  );
}
