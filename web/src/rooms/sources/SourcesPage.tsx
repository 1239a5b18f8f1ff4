import { Button, Menu, Modal, Select, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import { DataTable } from '@/parts/DataTable';
import { Doors } from '@/parts/Doors';
import { Num } from '@/parts/Num';
import { SourceTabs } from '@/parts/SourceTabs';
import { Answer, EmptyState } from '@/parts/states';
import { useNow } from '@/parts/TimeText';
import { many, whole } from '@/parts/words';
import { useSources } from '@/wire/getSources';
import type { Source } from '@/wire/types';
import { BaselineBox } from './BaselineBox';
import { columns } from './columns';
import { choices, type Filters, haves, narrow, nobody } from './filters';
import { GroupsBox } from './GroupsBox';
import { ailments, ailmentWords, healthOf } from './health';
import { SettingsBox } from './SettingsBox';
import './sources.css';
import { UnusedBox } from './UnusedBox';
import { UploadBox } from './UploadBox';

const boxes = {
  upload: 'Upload a file of records',
  doors: 'How to send something here',
  groups: 'Groups by rule',
  baseline: 'Baseline file and drift',
  unused: 'What nobody used',
  settings: 'False alarms and holidays',
} as const;
type Box = keyof typeof boxes;

export default function SourcesPage() {
  const sources = useSources();
  const params = useSearch({ from: '/sources' });
  const go = useNavigate();
  const [find, setFind] = useState(params.q ?? '');
  const [q] = useDebouncedValue(find, 150);
  const [box, setBox] = useState<Box | null>(null);
  const [selected, setSelected] = useState<string | null>(null);
  const now = useNow(60_000);
  const all = sources.data?.sources ?? [];
  const list = useMemo(() => narrow(sources.data?.sources ?? [], { ...params, q }, now), [sources.data, params, q, now]);
  const set = (part: Filters) => go({ to: '/sources', search: { ...params, ...part }, replace: true });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address follows the typed words, nothing else.
  useEffect(() => {
    if ((params.q ?? '') !== q) void set({ q: q || undefined });
  }, [q]);
  const narrowed = list.length < all.length;
  const open = (id: string) => void go({ to: '/sources/$sourceId', params: { sourceId: id } });
  return (
    <div className="page">
      <header className="page-head">
        <SourceTabs />
        {sources.data && <Totals list={all} set={set} />}
        <div className="grow" />
        <Button variant="default" onClick={() => setBox('upload')}>
          Upload
        </Button>
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="default">More …</Button>
          </Menu.Target>
          <Menu.Dropdown>
            {(Object.keys(boxes) as Box[])
              .filter((b) => b !== 'upload')
              .map((b) => (
                <Menu.Item key={b} onClick={() => setBox(b)}>
                  {boxes[b]}
                </Menu.Item>
              ))}
          </Menu.Dropdown>
        </Menu>
      </header>
      <div className="source-filters">
        <TextInput
          aria-label="Find a source"
          placeholder="Name, host, dataset, owner, tag, relay"
          value={find}
          onChange={(e) => setFind(e.currentTarget.value)}
          w={230}
        />
        <Choice
          name="Health"
          value={params.health}
          pick={(health) => set({ health })}
          data={[
            { value: 'ailing', label: 'any ailment' },
            ...ailments.map((a) => ({ value: a, label: ailmentWords[a] })),
            { value: 'maintenance', label: 'maintenance' },
            { value: 'well', label: 'well' },
          ]}
        />
        <Choice name="Group" value={params.group} pick={(group) => set({ group })} data={choices(all, (s) => s.groups ?? [])} />
        <Choice name="Tag" value={params.tag} pick={(tag) => set({ tag })} data={choices(all, (s) => s.card?.tags ?? [])} />
        <Choice name="Dataset" value={params.dataset} pick={(dataset) => set({ dataset })} data={choices(all, (s) => [s.dataset])} />
        <Choice name="Owner" value={params.owner} pick={(owner) => set({ owner })} data={choices(all, (s) => [s.owner || nobody])} />
        <Choice name="Unit" value={params.unit} pick={(unit) => set({ unit })} data={choices(all, (s) => [s.unit || '(none)'])} />
        <Choice
          name="Other"
          value={params.has}
          pick={(has) => set({ has })}
          data={Object.entries(haves).map(([value, h]) => ({ value, label: h.word }))}
        />
        {narrowed && (
          <span className="dim nowrap" role="status">
            {many(list.length, 'source')} of {all.length}
          </span>
        )}
      </div>
      <div className="grow" style={{ minHeight: 0 }}>
        <Answer of={sources} what="the sources">
          {() =>
            all.length === 0 ? (
              <EmptyState title="No source yet">
                <p>
                  A source appears with its first record; nothing has to be set up here. Point a sender at one of these doors, or{' '}
                  <button type="button" className="bare link" onClick={() => setBox('upload')}>
                    upload a file
                  </button>
                  .
                </p>
                <Doors />
              </EmptyState>
            ) : list.length === 0 ? (
              <EmptyState title="No such source">
                <p>Take away a word or a filter; {many(all.length, 'source')} are known.</p>
                <Button
                  variant="default"
                  onClick={() => {
                    setFind('');
                    void go({ to: '/sources', search: {} });
                  }}
                >
                  Show all
                </Button>
              </EmptyState>
            ) : (
              <DataTable
                rows={list}
                cols={columns}
                rowKey={(s) => s.sourceId}
                rowHeight={36}
                selected={selected}
                onSelect={(s) => setSelected(s.sourceId)}
                onOpen={(s) => open(s.sourceId)}
                sort={{ id: 'health', desc: false }}
                label="Sources"
              />
            )
          }
        </Answer>
      </div>
      <Modal
        opened={box !== null}
        onClose={() => setBox(null)}
        title={box ? boxes[box] : ''}
        size={box === 'unused' || box === 'doors' ? 1040 : 780}
      >
        {box === 'doors' && <Doors />}
        {box === 'upload' && <UploadBox />}
        {box === 'groups' && <GroupsBox />}
        {box === 'baseline' && <BaselineBox />}
        {box === 'unused' && <UnusedBox />}
        {box === 'settings' && <SettingsBox />}
      </Modal>
    </div>
  );
}

function Choice({
  name,
  value,
  pick,
  data,
}: {
  name: string;
  value: string | undefined;
  pick: (value: string | undefined) => void;
  data: { value: string; label: string }[];
}) {
  return (
    <Select
      aria-label={name}
      placeholder={name}
      clearable
      searchable
      w={value ? 150 : 108}
      nothingFoundMessage="None"
      limit={200}
      value={value ?? null}
      onChange={(v) => pick(v ?? undefined)}
      data={data.some((d) => d.value === value) || !value ? data : [...data, { value, label: value }]}
    />
  );
}

function Totals({ list, set }: { list: Source[]; set: (part: Filters) => void }) {
  const ailing = list.filter((s) => healthOf(s).rank <= 2 && (s.ailments?.length ?? 0) > 0).length;
  const orphan = list.filter((s) => !s.owner).length;
  const naming = list.filter((s) => s.naming && s.naming !== 'INT060').length;
  return (
    <span className="dim row" style={{ gap: 14 }}>
      <span>{many(list.length, 'source')}</span>
      {ailing > 0 && (
        <Num means="Alarms stand about them; click for these">
          <button type="button" className="bare numlink up" onClick={() => set({ health: 'ailing' })}>
            {whole(ailing)} ailing
          </button>
        </Num>
      )}
      {orphan > 0 && (
        <Num means="Nobody is named who would mend it when it fails; click for these">
          <button type="button" className="bare numlink" onClick={() => set({ owner: nobody })}>
            {whole(orphan)} without owner
          </button>
        </Num>
      )}
      {naming > 0 && (
        <Num means="Names that break site-env-role-product-nn, or name two sources; click for these">
          <button type="button" className="bare numlink" onClick={() => set({ has: 'naming' })}>
            {whole(naming)} to rename
          </button>
        </Num>
      )}
    </span>
  );
}
