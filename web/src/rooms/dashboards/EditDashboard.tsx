import { ActionIcon, Button, Modal, NumberInput, Select, TextInput } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconTrash } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { lasts } from '@/parts/searchLink';
import { useSearches } from '@/wire/getSearches';
import { useRemoveDashboard, useSaveDashboard } from '@/wire/saveDashboard';
import type { Dashboard, Panel, SavedSearch, SearchParameter } from '@/wire/types';

const charts = ['number', 'table', 'bars', 'lines'];

/** Which searches stand side by side, how, and in which order. */
export function EditDashboard({ board, close }: { board?: Dashboard; close: () => void }) {
  const go = useNavigate();
  const known = useSearches().data ?? [];
  const own = board && board.mine && !board.shipped ? board : undefined;
  const [name, setName] = useState(board ? (own ? board.name : `${board.name}, copy`) : '');
  const [description, setDescription] = useState(board?.description ?? '');
  const [range, setRange] = useState(board?.range ?? '24h');
  const [panels, setPanels] = useState<Panel[]>(board?.panels ?? []);
  const [why, setWhy] = useState('');
  const save = useSaveDashboard();
  const gone = useRemoveDashboard();
  const set = (i: number, part: Partial<Panel>) => setPanels(panels.map((p, at) => (at === i ? { ...p, ...part } : p)));
  const move = (i: number, by: number) => {
    const next = [...panels];
    const [one] = next.splice(i, 1);
    if (one) next.splice(i + by, 0, one);
    setPanels(next);
  };
  const keep = () =>
    save.mutate(
      {
        id: own?.dashboardId ?? null,
        ask: {
          name,
          description,
          panels,
          parameters: sharedBy(panels, known, board?.parameters ?? []),
          range,
          why,
          version: own?.version ?? 0,
        },
      },
      {
        onSuccess: (made) => {
          close();
          void go({ to: '/dashboards/$dashboardId', params: { dashboardId: made.dashboardId } });
        },
      },
    );
  return (
    <Modal opened onClose={close} title={own ? `Change ${own.name}` : 'New dashboard'} size={820}>
      <form
        className="stack"
        style={{ gap: 10 }}
        onSubmit={(e) => {
          e.preventDefault();
          keep();
        }}
      >
        <div className="row" style={{ alignItems: 'flex-end' }}>
          <TextInput
            label="Name"
            data-autofocus
            required
            value={name}
            onChange={(e) => setName(e.currentTarget.value)}
            style={{ flex: 1 }}
          />
          <Select
            label="Usual time"
            data={lasts.map(([value, label]) => ({ value, label }))}
            value={range}
            onChange={(v) => setRange(v ?? '24h')}
            allowDeselect={false}
          />
        </div>
        <TextInput label="What it shows" value={description} onChange={(e) => setDescription(e.currentTarget.value)} />
        <div className="edit-panels">
          {panels.map((p, i) => (
            <div key={`${p.searchId}${i}`} className="row edit-panel">
              <TextInput
                aria-label="Title"
                value={p.title}
                onChange={(e) => set(i, { title: e.currentTarget.value })}
                style={{ flex: 1 }}
              />
              <span className="faint cut" style={{ width: 150 }}>
                {known.find((s) => s.searchId === p.searchId)?.name ?? 'its search is gone'}
              </span>
              <Select
                aria-label="Picture"
                data={charts}
                value={p.chart}
                onChange={(v) => v && set(i, { chart: v })}
                allowDeselect={false}
                w={92}
              />
              <NumberInput aria-label="Width" min={1} max={4} value={p.width} onChange={(v) => set(i, { width: Number(v) || 1 })} w={62} />
              <NumberInput
                aria-label="Height"
                min={1}
                max={8}
                value={p.height}
                onChange={(v) => set(i, { height: Number(v) || 1 })}
                w={62}
              />
              <ActionIcon aria-label={`Move ${p.title} up`} disabled={i === 0} onClick={() => move(i, -1)}>
                <IconArrowUp size={14} />
              </ActionIcon>
              <ActionIcon aria-label={`Move ${p.title} down`} disabled={i === panels.length - 1} onClick={() => move(i, 1)}>
                <IconArrowDown size={14} />
              </ActionIcon>
              <ActionIcon aria-label={`Take ${p.title} away`} onClick={() => setPanels(panels.filter((_, at) => at !== i))}>
                <IconTrash size={14} />
              </ActionIcon>
            </div>
          ))}
          <Select
            placeholder="Add a saved search"
            aria-label="Add a saved search"
            searchable
            value={null}
            data={known.map((s) => ({ value: s.searchId, label: s.name }))}
            onChange={(id) => {
              const search = known.find((s) => s.searchId === id);
              if (search)
                setPanels([
                  ...panels,
                  { title: search.name, searchId: search.searchId, chart: chartFor(search), width: 2, height: 3, values: {} },
                ]);
            }}
          />
        </div>
        {own && <TextInput label="Why it changes" value={why} onChange={(e) => setWhy(e.currentTarget.value)} />}
        <FindingList findings={findingsOf(save.error ?? gone.error)} />
        <div className="row">
          <Button type="submit" loading={save.isPending} disabled={!name.trim() || panels.length === 0}>
            Save
          </Button>
          {own && (
            <Button
              variant="subtle"
              color="red"
              onClick={() =>
                gone.mutate(own.dashboardId, {
                  onSuccess: () => {
                    close();
                    void go({ to: '/dashboards' });
                  },
                })
              }
            >
              Remove
            </Button>
          )}
        </div>
      </form>
    </Modal>
  );
}

const chartFor = (s: SavedSearch) => (/\|\s*count\s*$/.test(s.kql) ? 'number' : /bin\(/.test(s.kql) ? 'lines' : 'table');

/** The parameters of its searches become the dashboard's: one field for all that are named alike. */
function sharedBy(panels: Panel[], known: SavedSearch[], before: SearchParameter[]): SearchParameter[] {
  const all = new Map(before.map((p) => [p.name, p]));
  for (const panel of panels)
    for (const p of known.find((s) => s.searchId === panel.searchId)?.parameters ?? [])
      if (!(p.name in panel.values) && !all.has(p.name)) all.set(p.name, p);
  const used = new Set(panels.flatMap((panel) => (known.find((s) => s.searchId === panel.searchId)?.parameters ?? []).map((p) => p.name)));
  return [...all.values()].filter((p) => used.has(p.name));
}
