import { Button, Modal, NumberInput, Select, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useAskOperations } from '@/wire/requests';
import type { Card } from '@/wire/types';
import { FindingList, findingsAt, findingsElsewhere, findingsOf } from './FindingView';
import { Hostile } from './Hostile';

const kinds = [
  { value: 'none', label: 'A person of Response looks' },
  { value: 'search', label: 'A search finds nothing more' },
  { value: 'window', label: 'An exposure window is closed' },
  { value: 'source', label: 'A source is back' },
  { value: 'rule', label: 'A rule is on, in production' },
];
const subjects: Record<string, string> = {
  search: 'KQL; it must find nothing since the change was done',
  window: 'Id of the window',
  source: 'Id of the source',
  rule: 'Id of the rule',
};
const fields = ['what', 'why', 'where', 'dueMs', 'check'];

/** Response asks Operations for a change. What stands here is all that Operations sees. */
export function RequestDialog({ card, close }: { card: Card | null; close: () => void }) {
  return (
    <Modal opened={card !== null} onClose={close} title={`Ask Operations, for #${card?.number ?? ''}`} size={620}>
      {card && <Inside key={card.caseId} card={card} close={close} />}
    </Modal>
  );
}

/** The same by mouse, wherever a case is shown. */
export function RequestButton({ card }: { card: Card }) {
  const [opened, open] = useState(false);
  return (
    <>
      <Button variant="default" onClick={() => open(true)} title="Ask Operations for a change">
        Ask Operations
      </Button>
      <RequestDialog card={opened ? card : null} close={() => open(false)} />
    </>
  );
}

function Inside({ card, close }: { card: Card; close: () => void }) {
  const ask = useAskOperations(card.caseId);
  const [what, setWhat] = useState('');
  const [where, setWhere] = useState(
    card.entities
      .filter((e) => e.kind === 'host')
      .map((e) => e.value)
      .join(', '),
  );
  const [why, setWhy] = useState('');
  const [to, setTo] = useState('');
  const [days, setDays] = useState<number | string>('');
  const [kind, setKind] = useState('none');
  const [subject, setSubject] = useState('');
  const [quiet, setQuiet] = useState<number | string>(15);
  const findings = findingsOf(ask.error);
  const at = (field: string) =>
    findingsAt(findings, field)
      .map((f) => `${f.message} ${f.hint}`)
      .join(' ') || undefined;
  const submit = (e: React.FormEvent) => {
    e.preventDefault();
    ask.mutate(
      {
        to: to.trim() || undefined,
        what,
        where: where
          .split(/[,\n]/)
          .map((w) => w.trim())
          .filter(Boolean),
        why,
        dueMs: days === '' ? undefined : Date.now() + Number(days) * 86_400_000,
        check: { kind, subject, quietMinutes: kind === 'search' ? Number(quiet) || 0 : 0 },
      },
      { onSuccess: close },
    );
  };
  return (
    <form onSubmit={submit} className="stack" style={{ gap: 12 }} noValidate>
      <div className="dim">
        Operations see what stands here and nothing else of <Hostile text={card.title} max={100} />
      </div>
      <TextInput
        label="What is to be changed"
        withAsterisk
        data-autofocus
        placeholder="Block 203.0.113.9 at the edge firewall"
        value={what}
        onChange={(e) => setWhat(e.currentTarget.value)}
        error={at('what')}
      />
      <TextInput
        label="Where"
        description="The assets, with commas between"
        withAsterisk
        value={where}
        onChange={(e) => setWhere(e.currentTarget.value)}
        error={at('where')}
      />
      <Textarea
        label="Why"
        description="For eyes that may not see the case: leave out what is confidential."
        withAsterisk
        autosize
        minRows={2}
        value={why}
        onChange={(e) => setWhy(e.currentTarget.value)}
        error={at('why')}
      />
      <div className="close-two" style={{ display: 'grid', gridTemplateColumns: '1fr 1fr', gap: 12 }}>
        <TextInput
          label="To"
          description="A name; empty: whoever in Operations takes it"
          value={to}
          onChange={(e) => setTo(e.currentTarget.value)}
        />
        <NumberInput
          label="Due in days"
          description={`Empty: ${card.service.class === 'expedite' ? 'three, for expedite' : 'fourteen'}`}
          min={0.1}
          max={365}
          value={days}
          onChange={setDays}
          error={at('dueMs')}
        />
      </div>
      <Select
        label="How one sees that it holds"
        description="Andon looks itself as soon as it is said to be done, and sends it back when it does not hold."
        allowDeselect={false}
        data={kinds}
        value={kind}
        onChange={(v) => v && setKind(v)}
      />
      {kind !== 'none' && (
        <div className="row" style={{ gap: 12, alignItems: 'flex-start' }}>
          <TextInput
            style={{ flex: 1 }}
            label={subjects[kind]}
            classNames={{ input: 'mono' }}
            value={subject}
            onChange={(e) => setSubject(e.currentTarget.value)}
            error={at('check')}
          />
          {kind === 'search' && (
            <NumberInput label="Quiet for" suffix=" min" w={110} min={0} max={10_080} value={quiet} onChange={setQuiet} />
          )}
        </div>
      )}
      <FindingList findings={findingsElsewhere(findings, fields)} />
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={close}>
          Leave it
        </Button>
        <Button type="submit" loading={ask.isPending}>
          Ask Operations
        </Button>
      </div>
    </form>
  );
}
