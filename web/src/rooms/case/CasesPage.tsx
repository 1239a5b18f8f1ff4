import { Button, Modal, SegmentedControl, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { type Col, DataTable } from '@/parts/DataTable';
import { EntityChip, inOrder } from '@/parts/EntityChip';
import { Hostile } from '@/parts/Hostile';
import { LevelMark } from '@/parts/LevelMark';
import { Priority } from '@/parts/Priority';
import { Answer, EmptyState } from '@/parts/states';
import { TimeText } from '@/parts/TimeText';
import { lanes, laneWords, many, whole } from '@/parts/words';
import { useCases } from '@/wire/getCases';
import type { Card, Level } from '@/wire/types';
import './case.css';
import { OpenCaseForm } from './OpenCaseForm';

const levels: Level[] = ['informational', 'low', 'medium', 'high', 'critical'];

const cols: Col<Card>[] = [
  { id: 'p', head: 'Priority', width: 78, num: true, by: (c) => c.priority, cell: (c) => <Priority value={c.priority} /> },
  { id: 'n', head: 'No.', width: 66, num: true, by: (c) => c.number, cell: (c) => <span className="faint">#{c.number}</span> },
  { id: 'level', head: 'Level', width: 92, by: (c) => levels.indexOf(c.level), cell: (c) => <LevelMark level={c.level} /> },
  {
    id: 'title',
    head: 'Case',
    width: 300,
    grow: true,
    by: (c) => c.title,
    cell: (c) => (
      <Link className="numlink" to="/cases/$caseId" params={{ caseId: c.caseId }}>
        <Hostile text={c.title} max={140} />
      </Link>
    ),
  },
  {
    id: 'e',
    head: 'About',
    width: 300,
    cell: (c) => (
      <span className="row" style={{ gap: 3 }}>
        {inOrder(c.entities)
          .slice(0, 3)
          .map((e) => (
            <EntityChip key={e.kind + e.value} kind={e.kind} value={e.value} />
          ))}
      </span>
    ),
  },
  { id: 'lane', head: 'Lane', width: 100, by: (c) => lanes.indexOf(c.lane), cell: (c) => laneWords[c.lane]?.title ?? c.lane },
  { id: 'owner', head: 'Owner', width: 90, by: (c) => c.owner ?? '', cell: (c) => c.owner ?? <span className="faint">nobody</span> },
  { id: 'alerts', head: 'Alerts', width: 84, num: true, by: (c) => c.alerts, cell: (c) => whole(c.alerts) },
  { id: 'opened', head: 'Opened', width: 180, by: (c) => c.openedMs, cell: (c) => <TimeText ms={c.openedMs} /> },
];

export default function CasesPage() {
  const params = useSearch({ from: '/cases' });
  const go = useNavigate();
  const [text, setText] = useState(params.q ?? '');
  const [q] = useDebouncedValue(text.trim(), 200);
  const [opening, setOpening] = useState(false);
  const state = params.state ?? '';
  const cases = useCases(state, q);
  const only = useMemo(() => (params.ids ? new Set(params.ids.split(',')) : null), [params.ids]);
  return (
    <div className="page">
      <header className="page-head">
        <h1>Cases</h1>
        <SegmentedControl
          value={state}
          onChange={(v) => go({ to: '/cases', search: { ...params, state: v === '' ? undefined : (v as 'open' | 'closed') } })}
          data={[
            { value: '', label: 'All' },
            { value: 'open', label: 'Open' },
            { value: 'closed', label: 'Closed' },
          ]}
        />
        <TextInput
          aria-label="Find a case"
          placeholder="Number, title, host, user"
          value={text}
          onChange={(e) => setText(e.currentTarget.value)}
          w={240}
        />
        {only && (
          <span className="tag amber">
            {many(only.size, 'chosen case')}{' '}
            <button
              type="button"
              className="bare"
              aria-label="Show all"
              onClick={() => go({ to: '/cases', search: { ...params, ids: undefined } })}
            >
              ×
            </button>
          </span>
        )}
        <div className="grow" />
        <Button variant="default" onClick={() => setOpening(true)}>
          Open a case by hand
        </Button>
      </header>
      <div className="grow" style={{ minHeight: 0 }}>
        <Answer of={cases} what="the cases">
          {({ cases: list }) => {
            const shown = only ? list.filter((c) => only.has(c.caseId)) : list;
            return shown.length === 0 ? (
              <EmptyState title="No such case">
                <p>{q ? 'Nothing by these words.' : 'A case appears when a production rule matches, or when you open one by hand.'}</p>
              </EmptyState>
            ) : (
              <DataTable rows={shown} cols={cols} rowKey={(c) => c.caseId} rowHeight={34} sort={{ id: 'p', desc: true }} label="Cases" />
            );
          }}
        </Answer>
      </div>
      <Modal opened={opening} onClose={() => setOpening(false)} title="Open a case by hand" size={520}>
        {opening && <OpenCaseForm close={() => setOpening(false)} />}
      </Modal>
    </div>
  );
}
