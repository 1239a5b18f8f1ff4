import { Button, Menu, Modal, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { Hostile } from '@/parts/Hostile';
import { useNow } from '@/parts/TimeText';
import { span } from '@/parts/time';
import { laneWords } from '@/parts/words';
import { useMark, usePauseClocks, useSetState } from '@/wire/caseWork';
import type { CaseView } from '@/wire/types';
import type { Clock } from '@/wire/workTypes';
import { LegalBar } from './LegalBar';
import { TaskBar } from './TasksTab';
import { paps, TlpMark, tlps } from './TlpMark';
import './work.css';

/** Under the head of a case: who may know, its state, how much time is left, how far the tasks are. */
export function WorkBar({ view }: { view: CaseView }) {
  const { work, card } = view;
  const [asking, ask] = useState<'mark' | 'pause' | string | null>(null);
  const resume = usePauseClocks(card.caseId);
  const setState = useSetState(card.caseId);
  const ended = card.lane === 'closed';
  const clocks = work.clocks.filter((c) => !c.legal);
  return (
    <div className="workbar">
      <button type="button" className="bare" onClick={() => ask('mark')} title="Who may know, what may be done: change it">
        <TlpMark tlp={work.tlp} /> <span className="tag">{paps.find((p) => p.value === work.pap)?.label}</span>
        {work.classification && (
          <span className="dim">
            {' '}
            <Hostile text={work.classification} max={60} />
          </span>
        )}
      </button>
      {!ended && (work.states.length > 0 || work.state) && (
        <Menu position="bottom-start">
          <Menu.Target>
            <button type="button" className="bare state-button" aria-label="State within the lane">
              <span className={work.state ? 'strong' : 'faint'}>{card.state ?? laneWords[card.lane].title}</span> ▾
            </button>
          </Menu.Target>
          <Menu.Dropdown>
            {work.state && <Menu.Item onClick={() => setState.mutate({})}>{laneWords[card.lane].title} again</Menu.Item>}
            {work.states
              .filter((s) => s.id !== work.state)
              .map((s) => (
                <Menu.Item key={s.id} onClick={() => (s.pauses ? ask(s.id) : setState.mutate({ to: s.id }))}>
                  {s.name} {s.pauses && <span className="faint">holds the clocks</span>}
                </Menu.Item>
              ))}
          </Menu.Dropdown>
        </Menu>
      )}
      {clocks.map((c) => (
        <ClockMark key={c.id} clock={c} />
      ))}
      {!ended && clocks.length > 0 && (
        <>
          {work.paused ? (
            <>
              <span className="tag amber">
                clocks held: <Hostile text={work.pausedWhy} max={60} />
              </span>
              <Button size="compact-xs" variant="subtle" onClick={() => resume.mutate({ paused: false })}>
                Let them run
              </Button>
            </>
          ) : (
            <Button size="compact-xs" variant="subtle" onClick={() => ask('pause')}>
              Hold clocks
            </Button>
          )}
        </>
      )}
      <LegalBar view={view} />
      {work.tasksTotal > 0 && (
        <span className="row" style={{ gap: 6 }}>
          <TaskBar done={work.tasksDone} total={work.tasksTotal} />
          <span className="faint">
            {work.tasksDone}/{work.tasksTotal} tasks
          </span>
        </span>
      )}
      <FindingList findings={[...findingsOf(resume.error), ...findingsOf(setState.error)]} />
      <Modal opened={asking === 'mark'} onClose={() => ask(null)} title="Who may know, what may be done" size={480}>
        {asking === 'mark' && <MarkForm view={view} close={() => ask(null)} />}
      </Modal>
      <Modal
        opened={asking !== null && asking !== 'mark'}
        onClose={() => ask(null)}
        title={asking === 'pause' ? 'Hold the clocks' : (work.states.find((s) => s.id === asking)?.name ?? '')}
        size={440}
      >
        {asking !== null && asking !== 'mark' && (
          <WhyForm caseId={card.caseId} to={asking === 'pause' ? undefined : asking} close={() => ask(null)} />
        )}
      </Modal>
    </div>
  );
}

const words: Record<Clock['condition'], string> = { running: 'left', paused: 'left, held', met: 'in time', late: 'late', breached: 'over' };

export function ClockMark({ clock }: { clock: Clock }) {
  // The server says when it runs out; until then the page counts by itself.
  const now = useNow();
  const left = clock.dueMs && clock.condition === 'running' ? clock.dueMs - now : clock.remainingMs;
  const condition = clock.condition === 'running' && left < 0 ? 'breached' : clock.condition;
  const share = Math.max(0, Math.min(1, left / clock.withinMs));
  const near = condition === 'running' && share < 0.25;
  return (
    <span
      className={`clock clock-${condition}${near ? ' near' : ''}`}
      data-clock={clock.id}
      title={`${clock.name}: ${span(clock.withinMs)}${clock.business ? ' of working time' : ''}; ${span(clock.elapsedMs)} counted, waiting outside is not`}
    >
      <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
        <circle cx="7" cy="7" r="5" className="clock-rest" />
        <circle cx="7" cy="7" r="5" className="clock-left" strokeDasharray={`${31.4 * share} 31.4`} transform="rotate(-90 7 7)" />
      </svg>
      {clock.name} <b>{condition === 'met' || condition === 'late' ? words[condition] : `${span(Math.abs(left))} ${words[condition]}`}</b>
    </span>
  );
}

function WhyForm({ caseId, to, close }: { caseId: string; to?: string; close: () => void }) {
  const [why, setWhy] = useState('');
  const pause = usePauseClocks(caseId);
  const setState = useSetState(caseId);
  const busy = pause.isPending || setState.isPending;
  return (
    <form
      className="stack"
      style={{ gap: 12 }}
      onSubmit={(e) => {
        e.preventDefault();
        if (to) setState.mutate({ to, why }, { onSuccess: close });
        else pause.mutate({ paused: true, why }, { onSuccess: close });
      }}
    >
      <TextInput
        label="For whom or what does the case wait?"
        withAsterisk
        data-autofocus
        value={why}
        onChange={(e) => setWhy(e.currentTarget.value)}
        description="The time until it goes on is not counted against Response."
      />
      <FindingList findings={[...findingsOf(pause.error), ...findingsOf(setState.error)]} />
      <Button type="submit" loading={busy} disabled={!why.trim()}>
        {to ? 'Set this state' : 'Hold the clocks'}
      </Button>
    </form>
  );
}

function MarkForm({ view, close }: { view: CaseView; close: () => void }) {
  const { work, card } = view;
  const [tlp, setTlp] = useState<string>(work.tlp);
  const [pap, setPap] = useState<string>(work.pap);
  const [classification, setClassification] = useState(work.classification);
  const [people, setPeople] = useState(work.people.join(', '));
  const mark = useMark(card.caseId);
  return (
    <form
      className="stack"
      style={{ gap: 12 }}
      onSubmit={(e) => {
        e.preventDefault();
        mark.mutate(
          {
            tlp,
            pap,
            classification,
            people: people
              .split(',')
              .map((p) => p.trim())
              .filter(Boolean),
          },
          { onSuccess: close },
        );
      }}
    >
      <div className="row" style={{ gap: 12 }}>
        <Select
          className="grow"
          label="Traffic light protocol"
          data={tlps}
          value={tlp}
          allowDeselect={false}
          onChange={(v) => v && setTlp(v)}
        />
        <Select
          className="grow"
          label="Permissible actions"
          data={paps}
          value={pap}
          allowDeselect={false}
          onChange={(v) => v && setPap(v)}
        />
      </div>
      <TextInput
        label="Classification"
        placeholder="fraud, malware, policy …"
        value={classification}
        onChange={(e) => setClassification(e.currentTarget.value)}
      />
      {tlp === 'red' && (
        <TextInput
          label="People who may see it"
          description="By the names they sign in with. Its owner, you and administrators see it in any case; for all others it is not there."
          placeholder="eva, ben"
          value={people}
          onChange={(e) => setPeople(e.currentTarget.value)}
        />
      )}
      <FindingList findings={findingsOf(mark.error)} />
      <Button type="submit" loading={mark.isPending}>
        Mark the case
      </Button>
    </form>
  );
}
