import { Button, Modal, Select, TagsInput, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { lasts, type SearchState, valuesOf } from '@/parts/searchLink';
import { useSaveSearch } from '@/wire/saveSearch';
import type { SavedSearch, SearchParameter } from '@/wire/types';

const kinds = ['', 'host', 'user', 'ip', 'domain', 'hash', 'process', 'url'];

interface Props {
  draft: SearchState;
  saved?: SavedSearch;
  close: () => void;
  opened: (state: SearchState) => void;
}

/** Keeps the query under a name, with its parameters: as a new search, or as the next version of one's own. */
export function SaveDialog({ draft, saved, close, opened }: Props) {
  const own = saved && !saved.shipped ? saved : undefined;
  const [name, setName] = useState(own?.name ?? '');
  const [description, setDescription] = useState(saved?.description ?? '');
  const [tags, setTags] = useState<string[]>(saved?.tags ?? []);
  const [range, setRange] = useState('last' in draft.range ? draft.range.last : (saved?.range ?? '24h'));
  const [why, setWhy] = useState('');
  const [parameters, setParameters] = useState<SearchParameter[]>(() =>
    (draft.values ?? []).map((v) => {
      const known = saved?.parameters.find((p) => p.name === v.name);
      return {
        name: v.name,
        type: v.type,
        default: known?.default ?? v.value ?? undefined,
        entity: known?.entity,
        about: known?.about ?? '',
      };
    }),
  );
  const save = useSaveSearch();
  const keep = (next: boolean) =>
    save.mutate(
      {
        id: next && own ? own.searchId : null,
        ask: { name, description, kql: draft.text, parameters, tags, range, why, version: next && own ? own.version : 0 },
      },
      {
        onSuccess: (made) => {
          close();
          opened({
            mode: 'kql',
            text: made.kql,
            range: draft.range,
            saved: made.searchId,
            values: draft.values ?? valuesOf(made.parameters),
          });
        },
      },
    );
  const set = (i: number, part: Partial<SearchParameter>) => setParameters(parameters.map((p, at) => (at === i ? { ...p, ...part } : p)));
  return (
    <Modal opened onClose={close} title="Save this search" size={640}>
      <form
        className="stack"
        style={{ gap: 10 }}
        onSubmit={(e) => {
          e.preventDefault();
          keep(own?.mine === true);
        }}
      >
        <TextInput label="Name" data-autofocus required maxLength={120} value={name} onChange={(e) => setName(e.currentTarget.value)} />
        <Textarea
          label="What it answers"
          autosize
          minRows={2}
          value={description}
          onChange={(e) => setDescription(e.currentTarget.value)}
        />
        <div className="row" style={{ alignItems: 'flex-end' }}>
          <TagsInput label="Tags" value={tags} onChange={setTags} size="xs" style={{ flex: 1 }} />
          <Select
            label="Usual time"
            data={lasts.map(([value, label]) => ({ value, label }))}
            value={range}
            onChange={(v) => setRange(v ?? '24h')}
            allowDeselect={false}
          />
        </div>
        {parameters.length > 0 && (
          <table className="save-parameters" aria-label="Parameters">
            <thead>
              <tr>
                <th>Parameter</th>
                <th>Default</th>
                <th>Names a</th>
                <th>About</th>
              </tr>
            </thead>
            <tbody>
              {parameters.map((p, i) => (
                <tr key={p.name}>
                  <td>
                    <span className="mono">{p.name}</span> <span className="faint">{p.type}</span>
                  </td>
                  <td>
                    <TextInput
                      aria-label={`Default of ${p.name}`}
                      value={p.default ?? ''}
                      onChange={(e) => set(i, { default: e.currentTarget.value })}
                    />
                  </td>
                  <td>
                    <Select
                      aria-label={`Kind of thing that ${p.name} names`}
                      data={kinds.map((k) => ({ value: k, label: k || '–' }))}
                      value={p.entity ?? ''}
                      onChange={(v) => set(i, { entity: v || undefined })}
                      w={100}
                    />
                  </td>
                  <td>
                    <TextInput aria-label={`About ${p.name}`} value={p.about} onChange={(e) => set(i, { about: e.currentTarget.value })} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        <pre className="code save-kql">{draft.text}</pre>
        {own?.mine && <TextInput label="Why it changes" value={why} onChange={(e) => setWhy(e.currentTarget.value)} />}
        <FindingList findings={findingsOf(save.error)} />
        <div className="row">
          {own?.mine && (
            <Button type="submit" loading={save.isPending} disabled={!name.trim()}>
              Save version {own.version + 1}
            </Button>
          )}
          <Button
            type={own?.mine ? 'button' : 'submit'}
            variant={own?.mine ? 'default' : 'filled'}
            loading={save.isPending}
            disabled={!name.trim()}
            onClick={own?.mine ? () => keep(false) : undefined}
          >
            {own ? 'Save as a new search' : 'Save'}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
