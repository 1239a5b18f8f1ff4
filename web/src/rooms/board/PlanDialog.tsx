import { Button, Modal, NumberInput, SegmentedControl, Select, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { works } from '@/parts/classWords';
import { FindingList, findingsAt, findingsElsewhere, findingsOf } from '@/parts/FindingView';
import { usePlanCard } from '@/wire/planCard';

/** Planned work gets a card beside what was discovered. */
export function PlanDialog({ opened, domains, close, done }: { opened: boolean; domains: string[]; close: () => void; done: () => void }) {
  return (
    <Modal opened={opened} onClose={close} title="Plan a card" size={520}>
      {opened && <Inside domains={domains} close={close} done={done} />}
    </Modal>
  );
}

const fields = ['title', 'work', 'domain', 'skill', 'dueMs', 'text'];

function Inside({ domains, close, done }: { domains: string[]; close: () => void; done: () => void }) {
  const plan = usePlanCard();
  const [title, setTitle] = useState('');
  const [text, setText] = useState('');
  const [work, setWork] = useState('tuning');
  const [domain, setDomain] = useState(domains.includes('endpoint') ? 'endpoint' : (domains[0] ?? ''));
  const [skill, setSkill] = useState('');
  const [days, setDays] = useState<number | string>('');
  const findings = findingsOf(plan.error);
  const at = (field: string) => findingsAt(findings, field)[0]?.message;
  const submit = (e: React.FormEvent) => {
    e.preventDefault();
    plan.mutate(
      {
        title,
        text,
        work,
        domain,
        skill: skill.trim() || undefined,
        dueMs: days === '' ? undefined : Date.now() + Number(days) * 86_400_000,
      },
      {
        onSuccess: () => {
          close();
          done();
        },
      },
    );
  };
  return (
    <form onSubmit={submit} className="stack" style={{ gap: 12 }} noValidate>
      <TextInput
        label="What is to be done"
        withAsterisk
        data-autofocus
        value={title}
        onChange={(e) => setTitle(e.currentTarget.value)}
        error={at('title')}
      />
      <SegmentedControl fullWidth value={work} onChange={setWork} data={works} />
      <div style={{ display: 'grid', gridTemplateColumns: '1fr 1fr 1fr', gap: 12 }}>
        <Select
          label="Domain"
          allowDeselect={false}
          data={domains}
          value={domain}
          onChange={(v) => v && setDomain(v)}
          error={at('domain')}
        />
        <TextInput label="Skill it needs" value={skill} onChange={(e) => setSkill(e.currentTarget.value)} error={at('skill')} />
        <NumberInput label="Due in days" min={0.1} max={365} value={days} onChange={setDays} error={at('dueMs')} />
      </div>
      <Textarea label="More" autosize minRows={2} value={text} onChange={(e) => setText(e.currentTarget.value)} error={at('text')} />
      <FindingList findings={findingsElsewhere(findings, fields)} />
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={close}>
          Leave it
        </Button>
        <Button type="submit" loading={plan.isPending}>
          Plan it
        </Button>
      </div>
    </form>
  );
}
