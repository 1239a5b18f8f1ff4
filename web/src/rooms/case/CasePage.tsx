import { Tabs } from '@mantine/core';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { Boundary } from '@/parts/Boundary';
import { MoveDialog, type MoveWish } from '@/parts/MoveDialog';
import { Answer } from '@/parts/states';
import { typing } from '@/parts/typing';
import { short } from '@/parts/words';
import { useCase } from '@/wire/getCase';
import type { CaseView } from '@/wire/types';
import { AlertsTab } from './AlertsTab';
import './case.css';
import { CaseHead } from './CaseHead';
import { CloseDialog } from './CloseDialog';
import { EvidenceTab } from './EvidenceTab';
import { FactsTab } from './FactsTab';
import { GraphTab } from './GraphTab';
import { GroupingTab } from './GroupingTab';
import { NotesTab } from './NotesTab';
import { ObservablesTab } from './ObservablesTab';
import { Overview } from './Overview';
import { PlaybooksTab } from './PlaybooksTab';
import { TasksTab } from './TasksTab';
import { TimelineTab } from './TimelineTab';
import { WorkBar } from './WorkBar';

const tabs = [
  'overview',
  'alerts',
  'timeline',
  'graph',
  'tasks',
  'observables',
  'evidence',
  'playbooks',
  'notes',
  'facts',
  'grouping',
] as const;
type Tab = (typeof tabs)[number];

export default function CasePage() {
  const { caseId } = useParams({ from: '/cases/$caseId' });
  const view = useCase(caseId);
  return (
    <Answer of={view} what="the case">
      {(v) => <Inside key={caseId} caseId={caseId} view={v} />}
    </Answer>
  );
}

function Inside({ caseId, view }: { caseId: string; view: CaseView }) {
  const go = useNavigate();
  const params = useSearch({ from: '/cases/$caseId' });
  const tab: Tab = tabs.includes(params.tab as Tab) ? (params.tab as Tab) : 'overview';
  const [wish, setWish] = useState<MoveWish | null>(null);
  const closing = params.act === 'close' && !view.closed;
  const show = (next: { tab?: string; act?: string; run?: string }) =>
    void go({ to: '/cases/$caseId', params: { caseId }, search: next, replace: true });
  const act = {
    move: () => setWish({ card: view.card }),
    pull: () => setWish({ card: view.card, pull: true }),
    close: () => show({ tab: params.tab, act: 'close' }),
    run: () => show({ tab: 'playbooks' }),
    note: () => show({ tab: 'notes' }),
    up: () => void go({ to: '/board' }),
    tab: (i: number) => show({ tab: tabs[i] }),
  };
  useCaseKeys(act, !!view.closed);

  const counts: Partial<Record<Tab, string>> = {
    alerts: short(view.card.alerts),
    timeline: String(view.timeline.length),
    tasks: view.work.tasksTotal ? `${view.work.tasksDone}/${view.work.tasksTotal}` : undefined,
    observables: view.work.observables ? String(view.work.observables) : undefined,
    evidence: view.work.evidence ? String(view.work.evidence) : undefined,
    notes: view.notes.length ? String(view.notes.length) : undefined,
    playbooks: view.card.runs?.length ? `${view.card.runs.length} run` : undefined,
  };
  return (
    <div className="page case">
      <CaseHead view={view} act={act} />
      <WorkBar view={view} />
      <Tabs value={tab} onChange={(t) => show({ tab: t ?? undefined })} keepMounted={false} className="case-tabs">
        <Tabs.List>
          {tabs.map((t) => (
            <Tabs.Tab key={t} value={t}>
              {t.charAt(0).toUpperCase() + t.slice(1)} {counts[t] && <span className="faint">{counts[t]}</span>}
            </Tabs.Tab>
          ))}
        </Tabs.List>
      </Tabs>
      <div className={`case-body${tab === 'alerts' || tab === 'facts' || tab === 'grouping' ? ' fixed' : ' scroll'}`}>
        <Boundary what={`The tab ${tab}`} reset={tab}>
          {tab === 'overview' && <Overview view={view} />}
          {tab === 'alerts' && <AlertsTab caseId={caseId} total={view.card.alerts} />}
          {tab === 'timeline' && <TimelineTab caseId={caseId} />}
          {tab === 'graph' && <GraphTab caseId={caseId} />}
          {tab === 'tasks' && <TasksTab caseId={caseId} />}
          {tab === 'observables' && <ObservablesTab caseId={caseId} />}
          {tab === 'evidence' && (
            <EvidenceTab caseId={caseId} fromMs={Math.min(view.card.openedMs, ...view.signals.map((s) => s.firstMs)) - 3_600_000} />
          )}
          {tab === 'playbooks' && <PlaybooksTab caseId={caseId} runId={params.run} show={(run) => show({ tab: 'playbooks', run })} />}
          {tab === 'notes' && <NotesTab caseId={caseId} notes={view.notes} />}
          {tab === 'grouping' && <GroupingTab caseId={view.card.caseId} closed={!!view.closed} />}
          {tab === 'facts' && <FactsTab caseId={caseId} />}
        </Boundary>
      </div>
      <MoveDialog wish={wish} close={() => setWish(null)} done={() => setWish(null)} />
      <CloseDialog opened={closing} view={view} close={() => show({ tab: params.tab })} />
    </div>
  );
}

function useCaseKeys(
  act: { move: () => void; close: () => void; run: () => void; note: () => void; up: () => void; tab: (i: number) => void },
  closed: boolean,
) {
  const now = useRef(act);
  now.current = act;
  useEffect(() => {
    const on = (e: KeyboardEvent) => {
      if (typing(e)) return;
      const a = now.current;
      if (/^[0-9]$/.test(e.key)) a.tab((Number(e.key) + 9) % 10);
      else if (e.key === 'g') a.tab(tabs.indexOf('grouping'));
      else if (e.key === 'm' && !closed) a.move();
      else if (e.key === 'e' && !closed) a.close();
      else if (e.key === 'r') a.run();
      else if (e.key === 'n') a.note();
      else if (e.key === 'u') a.up();
      else return;
      e.preventDefault();
    };
    window.addEventListener('keydown', on);
    return () => window.removeEventListener('keydown', on);
  }, [closed]);
}
