import { Button, Modal, Select, Tabs, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { type Col, DataTable } from '@/parts/DataTable';
import { FindingList } from '@/parts/FindingView';
import { Hostile } from '@/parts/Hostile';
import { LevelMark } from '@/parts/LevelMark';
import { Num } from '@/parts/Num';
import { Answer, EmptyState } from '@/parts/states';
import { TimeText } from '@/parts/TimeText';
import { many, tactics, tacticWord, whole } from '@/parts/words';
import { useRules } from '@/wire/getRules';
import type { Level, Rule } from '@/wire/types';
import { CheckBox } from './CheckBox';
import { HealthBadges } from './HealthBadges';
import { healthMarks, healthWords, worstFirst } from './health';
import { ImportBox } from './ImportBox';
import './rules.css';

const queues = ['production', 'testing', 'input', 'all', 'refused'] as const;
const rank: Record<Level, number> = { informational: 0, low: 1, medium: 2, high: 3, critical: 4 };
const meaning = {
  production: 'Make signals and cases.',
  testing: 'Are counted and shown; make no case, run no playbook.',
  input: 'Feed a correlation only.',
  all: 'Every rule that is loaded, in whatever queue.',
  refused: 'Were not loaded; every reason stands here.',
};

export default function RulesPage() {
  const params = useSearch({ from: '/rules' });
  const go = useNavigate();
  const [text, setText] = useState(params.q ?? '');
  const [q] = useDebouncedValue(text, 200);
  const [selected, setSelected] = useState<string | null>(null);
  const [box, setBox] = useState<'check' | 'import' | null>(null);
  const book = useRules('', q);
  const queue = queues.includes(params.queue as (typeof queues)[number]) ? (params.queue as (typeof queues)[number]) : 'production';
  const narrowed = useMemo(
    () =>
      (book.data?.rules ?? []).filter(
        (r) =>
          (!params.health || (params.health === 'any' ? r.health.length > 0 : r.health.some((h) => h.mark === params.health))) &&
          (!params.product || r.product === params.product) &&
          (!params.level || r.level === params.level),
      ),
    [book.data, params.health, params.product, params.level],
  );
  const list = useMemo(() => narrowed.filter((r) => queue === 'all' || r.queue === queue), [narrowed, queue]);
  const count = (k: (typeof queues)[number]) =>
    k === 'refused' ? book.data?.refused.length : k === 'all' ? narrowed.length : narrowed.filter((r) => r.queue === k).length;
  const set = (part: Partial<typeof params>) => go({ to: '/rules', search: { ...params, ...part }, replace: true });
  const products = useMemo(() => [...new Set((book.data?.rules ?? []).flatMap((r) => r.product ?? []))].sort(), [book.data]);
  const waiting = book.data?.rules.filter((r) => r.pending) ?? [];
  return (
    <div className="page">
      <header className="page-head">
        <h1>Rules</h1>
        {book.data && (
          <Num means="Names the whole rule set; it changes with any rule.">
            <span className="faint mono">set {book.data.setHash.slice(0, 12)}</span>
          </Num>
        )}
        <div className="grow" />
        <TextInput
          aria-label="Find a rule"
          placeholder="Title, id, tag, author"
          value={text}
          onChange={(e) => setText(e.currentTarget.value)}
          w={240}
        />
        <Select
          aria-label="Health"
          placeholder="Health"
          clearable
          w={130}
          value={params.health ?? null}
          onChange={(v) => set({ health: v ?? undefined })}
          data={[{ value: 'any', label: 'any ailment' }, ...healthMarks.map((m) => ({ value: m, label: healthWords[m].word }))]}
        />
        <Select
          aria-label="Product"
          placeholder="Product"
          clearable
          searchable
          w={130}
          value={params.product ?? null}
          onChange={(v) => set({ product: v ?? undefined })}
          data={products}
        />
        <Select
          aria-label="Level"
          placeholder="Level"
          clearable
          w={120}
          value={params.level ?? null}
          onChange={(v) => set({ level: v ?? undefined })}
          data={Object.keys(rank).reverse()}
        />
        <Button variant="default" component={Link} to="/rules/scopes">
          Scope
        </Button>
        <Button variant="default" onClick={() => setBox('check')}>
          Check a rule
        </Button>
        <Button variant="default" onClick={() => setBox('import')}>
          Import
        </Button>
      </header>
      <Tabs value={queue} onChange={(v) => go({ to: '/rules', search: { ...params, queue: v ?? undefined } })} px={18}>
        <Tabs.List>
          {queues.map((k) => (
            <Tabs.Tab key={k} value={k} title={meaning[k]}>
              {k.charAt(0).toUpperCase() + k.slice(1)} <span className={k === 'refused' && count(k) ? 'up' : 'faint'}>{count(k)}</span>
            </Tabs.Tab>
          ))}
        </Tabs.List>
      </Tabs>
      <div className="rules-meaning dim row wrap">
        <span>{meaning[queue]}</span>
        {queue === 'testing' && book.data && (
          <span>{many(book.data.testingHits24h, 'hit')} in testing in the last 24 h; none made a case.</span>
        )}
        {waiting.length > 0 && (
          <span>
            Waiting for a second person:{' '}
            {waiting.slice(0, 3).map((r) => (
              <Link key={r.ruleId} className="numlink" to="/rules/$ruleId" params={{ ruleId: r.ruleId }} style={{ marginRight: 8 }}>
                <Hostile text={r.title} max={60} />
              </Link>
            ))}
            {waiting.length > 3 && `and ${waiting.length - 3} more`}
          </span>
        )}
      </div>
      <div className="grow" style={{ minHeight: 0 }}>
        <Answer of={book} what="the rules">
          {(b) =>
            queue === 'refused' ? (
              <div className="scroll" style={{ height: '100%', padding: '4px 18px 24px' }}>
                {b.refused.length === 0 ? <EmptyState title="No rule was refused" /> : <FindingList findings={b.refused} />}
              </div>
            ) : list.length === 0 ? (
              <EmptyState
                title={
                  q
                    ? 'No rule by these words in this queue'
                    : narrowed.length < b.rules.length
                      ? 'No such rule in this queue'
                      : `No rule in the ${queue} queue`
                }
              >
                <p>
                  {q || narrowed.length < b.rules.length
                    ? 'Look in the other queues, or take away a word or a filter.'
                    : 'Import Sigma rules, or move one here from another queue.'}
                </p>
              </EmptyState>
            ) : (
              <DataTable
                rows={list}
                cols={cols}
                rowKey={(r) => r.ruleId}
                rowHeight={32}
                selected={selected}
                onSelect={(r) => setSelected(r.ruleId)}
                onOpen={(r) => go({ to: '/rules/$ruleId', params: { ruleId: r.ruleId } })}
                sort={{ id: 'hits', desc: true }}
                label={`Rules, ${queue}`}
              />
            )
          }
        </Answer>
      </div>
      <Modal opened={box === 'check'} onClose={() => setBox(null)} title="Check a rule" size={760}>
        <CheckBox />
      </Modal>
      <Modal opened={box === 'import'} onClose={() => setBox(null)} title="Import rules" size={560}>
        <ImportBox />
      </Modal>
    </div>
  );
}

const tacticsOf = (r: Rule) => tactics.filter((t) => r.tags.some((tag) => tag.replace(/_/g, '-') === `attack.${t}`));
const techniquesOf = (r: Rule) => r.tags.filter((t) => /^attack\.t\d/i.test(t)).map((t) => t.slice(7).toUpperCase());

const cols: Col<Rule>[] = [
  { id: 'level', head: 'Level', width: 96, by: (r) => rank[r.level], cell: (r) => <LevelMark level={r.level} /> },
  {
    id: 'title',
    head: 'Rule',
    width: 320,
    grow: true,
    by: (r) => r.title,
    cell: (r) => (
      <Link className={`numlink${r.enabled ? '' : ' off'}`} to="/rules/$ruleId" params={{ ruleId: r.ruleId }}>
        <Hostile text={r.title} max={140} />
      </Link>
    ),
  },
  {
    id: 'state',
    head: 'State',
    width: 170,
    by: (r) => (r.enabled ? (worstFirst(r.health)[0]?.mark ?? '~') : '~~'),
    cell: (r) => (
      <span className="row" style={{ gap: 4, display: 'inline-flex' }}>
        {!r.enabled && (
          <span className="tag" title={r.off ?? undefined}>
            {r.off?.startsWith('out of scope') ? 'out of scope' : 'off'}
          </span>
        )}
        {r.pending && <span className="tag amber">to decide</span>}
        {r.enabled && <HealthBadges signs={r.health} />}
      </span>
    ),
  },
  {
    id: 'attack',
    head: 'ATT&CK',
    width: 210,
    by: (r) => tacticsOf(r)[0] ?? '',
    cell: (r) => (
      <span className="dim">
        {tacticsOf(r).map(tacticWord).join(', ')} <span className="faint mono">{techniquesOf(r).join(' ')}</span>
      </span>
    ),
  },
  {
    id: 'log',
    head: 'Log',
    width: 190,
    by: (r) => `${r.product} ${r.category} ${r.service}`,
    cell: (r) => <span className="dim">{[r.product, r.category, r.service].filter(Boolean).join(' · ')}</span>,
  },
  { id: 'status', head: 'Status', width: 100, by: (r) => r.status, cell: (r) => <span className="dim">{r.status}</span> },
  {
    id: 'hits',
    head: 'Hits, 24 h',
    width: 88,
    num: true,
    by: (r) => r.hits24h,
    cell: (r) => <Num means="Times this rule matched an event in the last 24 h">{whole(r.hits24h)}</Num>,
  },
  {
    id: 'total',
    head: 'All',
    width: 84,
    num: true,
    by: (r) => r.hitsTotal,
    cell: (r) => (
      <Num means="Times it ever matched">
        <span className="dim">{whole(r.hitsTotal)}</span>
      </Num>
    ),
  },
  { id: 'last', head: 'Last hit', width: 110, by: (r) => r.lastHitMs ?? 0, cell: (r) => <TimeText ms={r.lastHitMs} form="ago" /> },
];
