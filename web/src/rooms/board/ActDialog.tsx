import { Button, Modal, NumberInput, SegmentedControl, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { classes, classWords } from '@/parts/classWords';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { Hostile } from '@/parts/Hostile';
import { span, utc } from '@/parts/time';
import { type CardAct, useCardAct } from '@/wire/cardAct';
import type { Card, ServiceClass } from '@/wire/types';

export interface ActWish {
  card: Card;
  act: Extract<CardAct, 'route' | 'class' | 'wait' | 'snooze' | 'done'>;
}

interface Props {
  wish: ActWish | null;
  domains: string[];
  close: () => void;
  done: () => void;
}

const titles: Record<ActWish['act'], string> = {
  route: 'Re-route',
  class: 'Class of',
  wait: 'Wait outside with',
  snooze: 'Let sleep',
  done: 'Finish',
};

export function ActDialog({ wish, domains, close, done }: Props) {
  return (
    <Modal opened={wish !== null} onClose={close} title={wish ? `${titles[wish.act]} #${wish.card.number}` : ''} size={480}>
      {wish && <Inside key={`${wish.card.caseId}${wish.act}`} wish={wish} domains={domains} close={close} done={done} />}
    </Modal>
  );
}

export const naps: { label: string; ms: number }[] = [
  { label: '1 h', ms: 3_600_000 },
  { label: '4 h', ms: 14_400_000 },
  { label: '1 d', ms: 86_400_000 },
  { label: '3 d', ms: 259_200_000 },
  { label: '1 w', ms: 604_800_000 },
];

function Inside({ wish, domains, close, done }: Props & { wish: ActWish }) {
  const { card, act } = wish;
  const run = useCardAct();
  const [why, setWhy] = useState('');
  const [skill, setSkill] = useState(card.service.skill ?? '');
  const [cls, setCls] = useState<ServiceClass | 'rule'>(card.service.classSaid ? card.service.class : 'rule');
  const [days, setDays] = useState<number | string>('');
  const [on, setOn] = useState('');
  const [nap, setNap] = useState(naps[2]?.ms ?? 86_400_000);
  const [minutes, setMinutes] = useState<number | string>(15);
  const send = (with_: Record<string, unknown>) =>
    run.mutate(
      { caseId: card.caseId, act, with: with_ },
      {
        onSuccess: () => {
          close();
          done();
        },
      },
    );
  const submit = (e: React.FormEvent) => {
    e.preventDefault();
    if (act === 'class')
      send({
        class: cls === 'rule' ? undefined : cls,
        dueMs: days === '' ? card.service.dueMs : Date.now() + Number(days) * 86_400_000,
        why,
      });
    else if (act === 'wait') send({ on, why });
    else if (act === 'snooze') send({ untilMs: Date.now() + nap, why });
    else if (act === 'done') send({ reason: why, effortMinutes: Number(minutes) || 0 });
    else send({ domain: card.domain, skill, why });
  };
  return (
    <form onSubmit={submit} className="stack" style={{ gap: 12 }} noValidate>
      <div className="strong">
        <Hostile text={card.title} max={160} />
      </div>
      {act === 'route' && (
        <>
          <div className="dim">
            It is in <b>{card.domain}</b>
            {card.service.routed && (
              <>
                {': '}
                <Hostile text={card.service.routed} max={200} />
              </>
            )}
            . One click sends it on; routing learns from it.
          </div>
          <div className="row wrap" role="group" aria-label="Domains" style={{ gap: 6 }}>
            {domains
              .filter((d) => d !== card.domain)
              .map((d, i) => (
                <Button
                  key={d}
                  variant="default"
                  data-autofocus={i === 0 ? true : undefined}
                  loading={run.isPending && run.variables?.with.domain === d}
                  onClick={() => send({ domain: d, skill: skill.trim() || undefined, why: why.trim() })}
                >
                  {d}
                </Button>
              ))}
          </div>
          <TextInput
            label="Skill it needs"
            description="Only who has it is given the card."
            value={skill}
            onChange={(e) => setSkill(e.currentTarget.value)}
          />
        </>
      )}
      {act === 'class' && (
        <>
          <div className="dim">
            Now {classWords[card.service.class].word.toLowerCase()}: {card.service.classWhy}.
          </div>
          <SegmentedControl
            fullWidth
            data-autofocus
            value={cls}
            onChange={(v) => setCls(v as ServiceClass | 'rule')}
            data={[{ value: 'rule', label: 'By rule' }, ...classes.map((c) => ({ value: c, label: classWords[c].word }))]}
          />
          <div className="dim">{cls === 'rule' ? 'Priority, date and kind of work decide.' : classWords[cls].meaning}</div>
          <NumberInput
            label="Due in days"
            description={
              card.service.dueMs
                ? `Now due ${utc(card.service.dueMs, false)}; empty leaves it`
                : 'Empty: no date. Three days or less make it expedite.'
            }
            min={0.1}
            max={365}
            value={days}
            onChange={setDays}
          />
        </>
      )}
      {act === 'wait' && (
        <TextInput
          label="Who is waited for"
          withAsterisk
          data-autofocus
          placeholder="A person, a unit, a firm"
          value={on}
          onChange={(e) => setOn(e.currentTarget.value)}
        />
      )}
      {act === 'snooze' && (
        <div>
          <SegmentedControl
            fullWidth
            value={String(nap)}
            onChange={(v) => setNap(Number(v))}
            data={naps.map((n) => ({ value: String(n.ms), label: n.label }))}
          />
          <div className="dim" style={{ marginTop: 4 }}>
            Wakes at {utc(Date.now() + nap, false)}, in {span(nap)}, or at once with the next alert of its case.
          </div>
        </div>
      )}
      {act === 'done' && (
        <NumberInput
          label="Effort"
          suffix=" min"
          min={0}
          value={minutes}
          onChange={setMinutes}
          description="Hands-on minutes, as you judge it"
        />
      )}
      <Textarea
        label={act === 'route' ? 'Reason, if you like' : act === 'done' ? 'What came of it' : 'Reason'}
        withAsterisk={act !== 'route'}
        autosize
        minRows={2}
        data-autofocus={act === 'snooze' || act === 'done' ? true : undefined}
        value={why}
        onChange={(e) => setWhy(e.currentTarget.value)}
        onKeyDown={(e) => (e.ctrlKey || e.metaKey) && e.key === 'Enter' && submit(e)}
      />
      <FindingList findings={findingsOf(run.error)} />
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={close}>
          Leave it
        </Button>
        <Button type="submit" loading={run.isPending}>
          {act === 'class'
            ? 'Say so'
            : act === 'wait'
              ? 'It waits'
              : act === 'snooze'
                ? 'Let it sleep'
                : act === 'done'
                  ? 'It is done'
                  : 'Keep domain, set skill'}
        </Button>
      </div>
    </form>
  );
}
