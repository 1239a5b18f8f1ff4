import { Button, Menu, Modal, Select, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { DataTable } from '@/parts/DataTable';
import { Doors } from '@/parts/Doors';
import { Num } from '@/parts/Num';
import { OnlyOperations, useMay } from '@/parts/OnlyFor';
import { SourceTabs } from '@/parts/SourceTabs';
import { Answer, EmptyState } from '@/parts/states';
import { many, whole } from '@/parts/words';
import { type SourcesWish, useSourceSummary } from '@/wire/pageSources';
import type { SourceSummary } from '@/wire/types';
import { BaselineBox } from './BaselineBox';
import { columns } from './columns';
import { choices, haves, nobody } from './filters';
import { GroupsBox } from './GroupsBox';
import { ailments, ailmentWords } from './health';
import { SettingsBox } from './SettingsBox';
import './sources.css';
import { UnusedBox } from './UnusedBox';
import { UploadBox } from './UploadBox';
import { useSourceRows } from './useSourceRows';

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
  const may = useMay('Operations');
  const summary = useSourceSummary();
  const params = useSearch({ from: '/sources' });
  const go = useNavigate();
  const [find, setFind] = useState(params.q ?? '');
  const [q] = useDebouncedValue(find, 150);
  const [box, setBox] = useState<Box | null>(null);
  const [selected, setSelected] = useState<{ index: number; id?: string } | null>(null);
  const { rows, total, onView, answer } = useSourceRows(params);
  const all = summary.data?.sources ?? 0;
  // The list is in the order of now, and what is selected may stand elsewhere in it than before.
  const at =
    selected?.id === undefined || rows[selected.index]?.source?.sourceId === selected.id
      ? -1
      : rows.findIndex((r) => r.source?.sourceId === selected.id);
  const chosen = selected === null ? null : at < 0 ? selected.index : at;
  const set = (part: SourcesWish) => go({ to: '/sources', search: { ...params, ...part }, replace: true });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address follows the typed words, nothing else.
  useEffect(() => {
    if ((params.q ?? '') !== q) void set({ q: q || undefined });
  }, [q]);
  const narrowed = total !== undefined && summary.data !== undefined && total < all;
  const open = (id: string) => void go({ to: '/sources/$sourceId', params: { sourceId: id } });
  return (
    <div className="page">
      <header className="page-head">
        <SourceTabs />
        {summary.data && <Totals of={summary.data} set={set} />}
        <div className="grow" />
        {may && (
          <Button variant="default" onClick={() => setBox('upload')}>
            Upload
          </Button>
        )}
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
        <Choice name="Group" value={params.group} pick={(group) => set({ group })} data={choices(summary.data?.groups)} />
        <Choice name="Tag" value={params.tag} pick={(tag) => set({ tag })} data={choices(summary.data?.tags)} />
        <Choice name="Dataset" value={params.dataset} pick={(dataset) => set({ dataset })} data={choices(summary.data?.datasets)} />
        <Choice name="Owner" value={params.owner} pick={(owner) => set({ owner })} data={choices(summary.data?.owners)} />
        <Choice name="Unit" value={params.unit} pick={(unit) => set({ unit })} data={choices(summary.data?.units)} />
        <Choice
          name="Other"
          value={params.has}
          pick={(has) => set({ has })}
          data={Object.entries(haves).map(([value, label]) => ({ value, label }))}
        />
        {narrowed && (
          <span className="dim nowrap" role="status">
            {many(total, 'source')} of {whole(all)}
          </span>
        )}
      </div>
      <div className="grow" style={{ minHeight: 0 }}>
        <Answer of={answer} what="the sources">
          {() =>
            total === 0 && all === 0 && !Object.values(params).some(Boolean) ? (
              <EmptyState title="No source yet">
                <p>
                  A source appears with its first record; nothing has to be set up here. Point a sender at one of these doors
                  {may && (
                    <>
                      , or{' '}
                      <button type="button" className="bare link" onClick={() => setBox('upload')}>
                        upload a file
                      </button>
                    </>
                  )}
                  .
                </p>
                <Doors />
              </EmptyState>
            ) : total === 0 ? (
              <EmptyState title="No such source">
                <p>
                  Take away a word or a filter; {many(all, 'source')} {all === 1 ? 'is' : 'are'} known.
                </p>
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
                rows={rows}
                cols={columns}
                rowKey={(r) => String(r.index)}
                rowHeight={36}
                selected={chosen === null ? null : String(chosen)}
                onSelect={(r) => setSelected({ index: r.index, id: r.source?.sourceId })}
                onOpen={(r) => r.source && open(r.source.sourceId)}
                onView={onView}
                isHere={(r) => r.source !== null}
                asked={JSON.stringify(params)}
                sort={{ id: params.sort ?? 'health', desc: params.desc ?? false }}
                onSort={(by) => set({ sort: by?.id, desc: by?.desc || undefined })}
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
        {box === 'upload' && (
          <OnlyOperations>
            <UploadBox />
          </OnlyOperations>
        )}
        {box === 'groups' && (
          <OnlyOperations>
            <GroupsBox />
          </OnlyOperations>
        )}
        {box === 'baseline' && <BaselineBox />}
        {box === 'unused' && <UnusedBox />}
        {box === 'settings' && (
          <OnlyOperations>
            <SettingsBox />
          </OnlyOperations>
        )}
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

function Totals({ of, set }: { of: SourceSummary; set: (part: SourcesWish) => void }) {
  return (
    <span className="dim row" style={{ gap: 14 }}>
      <span>{many(of.sources, 'source')}</span>
      {of.ailing > 0 && (
        <Num means="Alarms stand about them; click for these">
          <button type="button" className="bare numlink up" onClick={() => set({ health: 'ailing' })}>
            {whole(of.ailing)} ailing
          </button>
        </Num>
      )}
      {of.unowned > 0 && (
        <Num means="Nobody is named who would mend it when it fails; click for these">
          <button type="button" className="bare numlink" onClick={() => set({ owner: nobody })}>
            {whole(of.unowned)} without owner
          </button>
        </Num>
      )}
      {of.toRename > 0 && (
        <Num means="Names that break site-env-role-product-nn, or name two sources; click for these">
          <button type="button" className="bare numlink" onClick={() => set({ has: 'naming' })}>
            {whole(of.toRename)} to rename
          </button>
        </Num>
      )}
    </span>
  );
}
