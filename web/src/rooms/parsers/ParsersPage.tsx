import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { type Col, DataTable } from '@/parts/DataTable';
import { FindingList } from '@/parts/FindingView';
import { Hostile } from '@/parts/Hostile';
import { kqlText } from '@/parts/kql';
import { Num } from '@/parts/Num';
import { useMay } from '@/parts/OnlyFor';
import { SourceTabs } from '@/parts/SourceTabs';
import { Answer, EmptyState } from '@/parts/states';
import { many, short, whole } from '@/parts/words';
import { useParsers } from '@/wire/getParsers';
import { usePanelRows } from '@/wire/search';
import type { ParserEntry } from '@/wire/types';
import './parsers.css';
import { ReparseBox } from './ReparseBox';

interface Row extends ParserEntry {
  read: number;
  unread: number;
  share: number;
  versions: string[];
}
const dayMs = 86_400_000;

export default function ParsersPage() {
  const parsers = useParsers();
  const may = useMay('Operations');
  const go = useNavigate();
  const [find, setFind] = useState('');
  const [which, setWhich] = useState('all');
  const [selected, setSelected] = useState<string | null>(null);
  const [toMs] = useState(() => Date.now());
  const counts = usePanelRows(
    {
      kql: 'Events\n| summarize events = count(), unread = countif(isnotempty(andon.findings)) by parser = andon.parser',
      fromMs: toMs - dayMs,
      toMs: toMs + dayMs,
      limit: 2000,
      remember: false,
    },
    0,
  );
  const rows = useMemo(() => {
    const at = (name: string) => counts.data?.columns.findIndex((c) => c.name === name) ?? -1;
    const [events, unread, parser] = [at('events'), at('unread'), at('parser')];
    const by = new Map<string, { read: number; unread: number; versions: string[] }>();
    let all = 0;
    for (const r of counts.data?.rows ?? []) {
      const [name = '', version = ''] = String(r[parser] ?? '').split('@');
      const was = by.get(name) ?? { read: 0, unread: 0, versions: [] };
      by.set(name, { read: was.read + Number(r[events]), unread: was.unread + Number(r[unread]), versions: [...was.versions, version] });
      all += Number(r[events]);
    }
    return (parsers.data?.parsers ?? []).map((p): Row => {
      const c = by.get(p.name) ?? { read: 0, unread: 0, versions: [] };
      return { ...p, ...c, share: all > 0 ? c.read / all : 0 };
    });
  }, [parsers.data, counts.data]);
  const words = find.toLowerCase().split(/\s+/).filter(Boolean);
  const list = rows.filter(
    (p) =>
      words.every((w) => `${p.name} ${p.about} ${p.dataset}`.toLowerCase().includes(w)) &&
      (which === 'all' || (which === 'own' ? p.own : which === 'used' ? p.read > 0 : p.unread > 0)),
  );
  const open = (name: string) => void go({ to: '/parsers/$parser', params: { parser: name } });
  return (
    <div className="page">
      <header className="page-head">
        <SourceTabs />
        {parsers.data && (
          <span className="dim">
            {many(parsers.data.parsers.filter((p) => !p.builtIn).length, 'parser')}, {rows.filter((p) => p.own).length} of your own
          </span>
        )}
        <div className="grow" />
        <SegmentedControl
          value={which}
          onChange={setWhich}
          aria-label="Which parsers"
          data={[
            { value: 'all', label: 'All' },
            { value: 'used', label: 'In use' },
            { value: 'unread', label: 'With findings' },
            { value: 'own', label: 'Own' },
          ]}
        />
        <TextInput
          aria-label="Find a parser"
          placeholder="Name, product, dataset"
          value={find}
          onChange={(e) => setFind(e.currentTarget.value)}
          w={210}
        />
        <ReparseBox />
        {may && <Button onClick={() => open('new')}>New parser</Button>}
      </header>
      {parsers.data && parsers.data.findings.length > 0 && (
        <div className="scroll" style={{ maxHeight: 180, padding: '8px 18px', flex: 'none' }}>
          <FindingList findings={parsers.data.findings} />
        </div>
      )}
      <div className="grow" style={{ minHeight: 0 }}>
        <Answer of={parsers} what="the parsers">
          {() =>
            list.length === 0 ? (
              <EmptyState title="No such parser">
                <p>
                  {which === 'own'
                    ? 'Save one of your own: open a parser, change it, and save it under the same or another name.'
                    : 'Take away a word, or look at all.'}
                </p>
              </EmptyState>
            ) : (
              <DataTable
                rows={list}
                cols={cols}
                rowKey={(p) => p.name}
                rowHeight={32}
                selected={selected}
                onSelect={(p) => setSelected(p.name)}
                onOpen={(p) => !p.builtIn && open(p.name)}
                sort={{ id: 'read', desc: true }}
                label="Parsers"
              />
            )
          }
        </Answer>
      </div>
    </div>
  );
}

const events = (p: Row, more = '') => ({ q: `Events\n| where andon.parser startswith ${kqlText(`${p.name}@`)}${more}`, last: '24h' });

const cols: Col<Row>[] = [
  {
    id: 'name',
    head: 'Parser',
    width: 200,
    by: (p) => p.name,
    cell: (p) =>
      p.builtIn ? (
        <Num means="Read by the program itself: there is no file to open or change">
          <span className="strong">{p.name}</span> <span className="faint">built in</span>
        </Num>
      ) : (
        <Link className="numlink strong" to="/parsers/$parser" params={{ parser: p.name }}>
          {p.name}
        </Link>
      ),
  },
  {
    id: 'version',
    head: 'Version',
    width: 110,
    by: (p) => p.version,
    cell: (p) => (
      <span>
        {p.version}
        {p.own && (
          <span className="tag amber" style={{ marginLeft: 6 }}>
            own
          </span>
        )}
        {p.versions.some((v) => v !== String(p.version)) && (
          <Num means="Events of the last 24 h were read by other versions too; read them anew to have one">
            <span className="faint"> and {p.versions.filter((v) => v !== String(p.version)).join(', ')}</span>
          </Num>
        )}
      </span>
    ),
  },
  { id: 'about', head: 'What it reads', width: 260, grow: true, by: (p) => p.about, cell: (p) => <Hostile text={p.about} max={120} /> },
  { id: 'dataset', head: 'Dataset', width: 190, by: (p) => p.dataset, cell: (p) => <span className="dim">{p.dataset}</span> },
  {
    id: 'read',
    head: 'Read, 24 h',
    title: 'Events that it made in the last 24 hours',
    width: 100,
    num: true,
    by: (p) => p.read,
    cell: (p) =>
      p.read > 0 ? (
        <Link className="numlink" to="/search" search={events(p)}>
          {short(p.read)}
        </Link>
      ) : (
        <span className="faint">0</span>
      ),
  },
  {
    id: 'share',
    head: 'Share',
    title: 'Of all events of the last 24 hours',
    width: 80,
    num: true,
    by: (p) => p.share,
    cell: (p) => (p.read > 0 ? `${(100 * p.share).toFixed(p.share < 0.1 ? 1 : 0)} %` : ''),
  },
  {
    id: 'unread',
    head: 'With findings',
    title: 'Events with something that it could not read',
    width: 110,
    num: true,
    by: (p) => p.unread,
    cell: (p) =>
      p.unread > 0 ? (
        <Num means={`${whole(p.unread)} of ${whole(p.read)} events, ${((100 * p.unread) / p.read).toFixed(1)} %`}>
          <Link className="numlink up" to="/search" search={events(p, ' and isnotempty(andon.findings)')}>
            {short(p.unread)}
          </Link>
        </Num>
      ) : (
        <span className="faint">{p.read > 0 ? '0' : ''}</span>
      ),
  },
];
