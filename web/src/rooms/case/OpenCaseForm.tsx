import { Button, Select, Textarea, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { useTemplates } from '@/wire/caseWork';
import { useOpenCase } from '@/wire/openCase';

/** A report by hand. The template asks for what automation will need, while whoever reports still knows it. */
export function OpenCaseForm({ close }: { close: () => void }) {
  const go = useNavigate();
  const open = useOpenCase();
  const templates = (useTemplates().data?.templates ?? []).filter((t) => t.fields.length > 0);
  const [template, setTemplate] = useState<string | null>(null);
  const [title, setTitle] = useState('');
  const [text, setText] = useState('');
  const [kind, setKind] = useState('host');
  const [value, setValue] = useState('');
  const [when, setWhen] = useState('');
  const [fields, setFields] = useState<Record<string, string>>({});
  const chosen = templates.find((t) => t.id === template);
  const submit = (e: React.FormEvent) => {
    e.preventDefault();
    const time = chosen?.fields.find((f) => f.kind === 'time' && fields[f.id]);
    const at = Date.parse(`${time ? fields[time.id] : when}Z`);
    open.mutate(
      {
        title,
        text,
        entities: value.trim() ? [{ kind, value: value.trim() }] : [],
        template: template ?? undefined,
        fields: chosen ? fields : undefined,
        atMs: Number.isFinite(at) ? at : undefined,
      },
      {
        onSuccess: ({ card }) => {
          close();
          void go({ to: '/cases/$caseId', params: { caseId: card.caseId } });
        },
      },
    );
  };
  return (
    <form onSubmit={submit} className="stack" style={{ gap: 12 }}>
      {templates.length > 0 && (
        <Select
          label="What sort of case"
          placeholder="none of these"
          clearable
          data={templates.map((t) => ({ value: t.id, label: t.name }))}
          value={template}
          onChange={setTemplate}
        />
      )}
      <TextInput label="Title" withAsterisk data-autofocus value={title} onChange={(e) => setTitle(e.currentTarget.value)} />
      <Textarea label="What was reported, and by whom" autosize minRows={3} value={text} onChange={(e) => setText(e.currentTarget.value)} />
      {chosen?.fields.map((f) => (
        <TextInput
          key={f.id}
          type={f.kind === 'time' ? 'datetime-local' : 'text'}
          label={f.kind === 'time' ? `${f.name}, UTC` : f.name}
          withAsterisk={f.required}
          value={fields[f.id] ?? ''}
          onChange={(e) => setFields({ ...fields, [f.id]: e.currentTarget.value })}
        />
      ))}
      {!chosen && (
        <>
          <div className="row" style={{ alignItems: 'flex-end' }}>
            <Select
              label="About"
              w={120}
              data={['host', 'user', 'ip', 'domain', 'hash', 'url']}
              value={kind}
              onChange={(v) => v && setKind(v)}
              allowDeselect={false}
            />
            <TextInput
              aria-label="Its name"
              className="grow"
              placeholder="web01"
              value={value}
              onChange={(e) => setValue(e.currentTarget.value)}
            />
          </div>
          <TextInput
            type="datetime-local"
            label="When it happened, UTC"
            description="Andon looks whether any source saw it then."
            value={when}
            onChange={(e) => setWhen(e.currentTarget.value)}
          />
        </>
      )}
      <FindingList findings={findingsOf(open.error)} />
      <Button type="submit" loading={open.isPending} disabled={!title.trim()}>
        Open case
      </Button>
    </form>
  );
}
