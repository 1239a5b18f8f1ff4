import { Button, Modal, Select, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { Hostile } from '@/parts/Hostile';
import { useNow } from '@/parts/TimeText';
import { span, utc } from '@/parts/time';
import { useEndLegalClock, useStateDuty } from '@/wire/caseWork';
import type { CaseView } from '@/wire/types';
import type { Clock } from '@/wire/workTypes';

/** What the law asks for in this case: its dates, which nothing holds, and a person's word that it is done. */
export function LegalBar({ view }: { view: CaseView }) {
  const { work, card } = view;
  const [asking, ask] = useState<'duty' | Clock | null>(null);
  const clocks = work.clocks.filter((c) => c.legal);
  return (
    <>
      {clocks.map((c) => (
        <LegalMark key={c.id} clock={c} done={() => ask(c)} />
      ))}
      {!!work.duties?.length && (card.lane !== 'closed' || clocks.length > 0) && (
        <Button size="compact-xs" variant="subtle" onClick={() => ask('duty')}>
          Legal duty
        </Button>
      )}
      <Modal opened={asking === 'duty'} onClose={() => ask(null)} title="Legal duty" size={480}>
        {asking === 'duty' && <DutyForm view={view} close={() => ask(null)} />}
      </Modal>
      <Modal
        opened={asking !== null && asking !== 'duty'}
        onClose={() => ask(null)}
        title={asking && asking !== 'duty' ? `${asking.legal?.source}: ${asking.name}` : ''}
        size={440}
      >
        {asking !== null && asking !== 'duty' && <DoneForm caseId={card.caseId} clock={asking} close={() => ask(null)} />}
      </Modal>
    </>
  );
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** 24 Nov 09:12 UTC */
const day = (ms: number) => `${new Date(ms).getUTCDate()} ${months[new Date(ms).getUTCMonth()]} ${utc(ms, false).slice(11)}`;

function LegalMark({ clock, done }: { clock: Clock; done: () => void }) {
  const now = useNow(30_000);
  const { legal } = clock;
  const due = clock.dueMs ?? 0;
  if (!legal) return null;
  const open = legal.doneMs === undefined;
  const late = open ? due < now : clock.condition === 'late';
  const near = open && !late && due - now < clock.withinMs / 4;
  return (
    <span
      className={`clock clock-law clock-${open ? (late ? 'breached' : 'running') : clock.condition}${near ? ' near' : ''}`}
      data-clock={clock.id}
      title={`${clock.name}: ${span(clock.withinMs)} from ${utc(legal.startMs, false)}, due ${utc(due, false)}. Nothing holds this clock.`}
    >
      § {legal.source}
      {open ? (
        <>
          <span>
            {clock.name.toLowerCase()} · due {day(due)} <b>({late ? `${span(now - due)} late` : `in ${span(due - now)}`})</b>
          </span>
          <Button size="compact-xs" variant="default" onClick={done} aria-label={`Done: ${clock.name}`}>
            Done
          </Button>
        </>
      ) : (
        <span>
          {clock.name.toLowerCase()} · <b>done {late ? 'late' : 'in time'}</b> {day(legal.doneMs ?? 0)} by{' '}
          {(legal.doneBy ?? '').replace(/^user:/, '')}: <Hostile text={legal.reference ?? ''} max={60} />
        </span>
      )}
    </span>
  );
}

function DutyForm({ view, close }: { view: CaseView; close: () => void }) {
  const duties = view.work.duties ?? [];
  const [duty, setDuty] = useState<string | null>(null);
  const [aware, setAware] = useState(() => new Date().toISOString().slice(0, 16));
  const [why, setWhy] = useState('');
  const state = useStateDuty(view.card.caseId);
  const known = duties.find((d) => d.duty === duty)?.awareMs ?? undefined;
  const at = Date.parse(`${aware}Z`);
  const say = (withdrawn: boolean) =>
    state.mutate({ duty: duty ?? '', awareMs: withdrawn ? undefined : at, why, withdrawn }, { onSuccess: close });
  return (
    <form
      className="stack"
      style={{ gap: 12 }}
      onSubmit={(e) => {
        e.preventDefault();
        say(false);
      }}
    >
      <Select
        label="Which duty"
        withAsterisk
        data-autofocus
        data={duties.map((d) => ({ value: d.duty, label: `${d.duty} · ${d.sources}` }))}
        value={duty}
        onChange={setDuty}
        description={known === undefined ? undefined : `Stated already: known since ${utc(known, false)}. An earlier time replaces it.`}
      />
      <TextInput
        type="datetime-local"
        label="Aware since, UTC"
        withAsterisk
        value={aware}
        onChange={(e) => setAware(e.currentTarget.value)}
        description="The time that the law gives runs from here. Nothing holds it: no state, no waiting, no closing."
      />
      <Textarea label="Why" withAsterisk autosize minRows={2} value={why} onChange={(e) => setWhy(e.currentTarget.value)} />
      <FindingList findings={findingsOf(state.error)} />
      <div className="row" style={{ gap: 8 }}>
        <Button className="grow" type="submit" loading={state.isPending} disabled={!duty || !why.trim() || !Number.isFinite(at)}>
          The case is under this duty
        </Button>
        {known !== undefined && (
          <Button variant="default" loading={state.isPending} disabled={!why.trim()} onClick={() => say(true)}>
            Withdraw it
          </Button>
        )}
      </div>
    </form>
  );
}

function DoneForm({ caseId, clock, close }: { caseId: string; clock: Clock; close: () => void }) {
  const [reference, setReference] = useState('');
  const end = useEndLegalClock(caseId);
  return (
    <form
      className="stack"
      style={{ gap: 12 }}
      onSubmit={(e) => {
        e.preventDefault();
        end.mutate({ clockId: clock.id, reference }, { onSuccess: close });
      }}
    >
      <TextInput
        label="Reference"
        withAsterisk
        data-autofocus
        value={reference}
        onChange={(e) => setReference(e.currentTarget.value)}
        description="The authority's number, or what was sent to whom."
      />
      <FindingList findings={findingsOf(end.error)} />
      <Button type="submit" loading={end.isPending} disabled={!reference.trim()}>
        It is done
      </Button>
    </form>
  );
}
