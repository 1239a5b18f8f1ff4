import { ActionIcon, Button, SegmentedControl, Tooltip } from '@mantine/core';
import { useClipboard, useDebouncedValue } from '@mantine/hooks';
import { IconBookmark, IconLink, IconPlayerPlay, IconPlayerStop, IconWaveSine } from '@tabler/icons-react';
import { lazy, Suspense } from 'react';
import { Boundary } from '@/parts/Boundary';
import { ParameterFields } from '@/parts/ParameterFields';
import { resolve, type SearchState, toParams } from '@/parts/searchLink';
import { TimePicker } from '@/parts/TimePicker';
import { useBox } from '@/wire/box';
import type { SavedSearch } from '@/wire/types';
import { HistoryMenu } from './HistoryMenu';
import { ParameterAdd } from './ParameterAdd';
import type { Checked } from './place';

const KqlEditor = lazy(() => import('./KqlEditor'));

interface Props {
  draft: SearchState;
  setDraft: (next: SearchState) => void;
  run: (next: SearchState) => void;
  busy: boolean;
  cancel: () => void;
  checked: Checked;
  saved?: SavedSearch;
  openSaved: () => void;
  openSave: () => void;
  live: boolean;
  setLive: (live: boolean) => void;
}

export function QueryBar(props: Props) {
  const { draft, setDraft, run, busy, cancel, checked, saved, openSaved, openSave, live, setLive } = props;
  const clip = useClipboard({ timeout: 1600 });
  // A link names the time absolutely, so that it shows the same rows tomorrow.
  const share = () => {
    const query = new URLSearchParams(
      Object.entries(toParams({ ...draft, range: resolve(draft.range, Date.now()) })).filter(
        (p): p is [string, string] => typeof p[1] === 'string',
      ),
    );
    clip.copy(`${location.origin}/search?${query}`);
  };
  const values = draft.values ?? [];
  return (
    <div className="querybar">
      <div className="querybar-top">
        <SegmentedControl
          value={draft.mode}
          onChange={(v) => setDraft({ ...draft, mode: v as SearchState['mode'] })}
          data={[
            { value: 'box', label: 'Words' },
            { value: 'kql', label: 'KQL' },
          ]}
          aria-label="How to ask"
        />
        <Button variant="default" leftSection={<IconBookmark size={14} stroke={1.6} />} onClick={openSaved}>
          Searches
        </Button>
        {saved && (
          <span className="cut strong saved-name" title={saved.description}>
            {saved.name}
            {draft.text !== saved.kql && <span className="faint"> · changed</span>}
          </span>
        )}
        {!saved && (
          <span className="faint querybar-hint">
            {draft.mode === 'box'
              ? 'words, "a phrase", field:value, -not; below it stands the KQL it becomes'
              : 'Ctrl Space completes, Ctrl Enter runs'}
          </span>
        )}
        <div className="grow" />
        {draft.mode === 'kql' && draft.text.trim() !== '' && (
          <ParameterAdd values={values} onChange={(next) => setDraft({ ...draft, values: next })} />
        )}
        <Button variant="subtle" color="gray" onClick={openSave} disabled={!draft.text.trim()}>
          Save
        </Button>
        <HistoryMenu choose={(past) => run({ ...draft, ...past, saved: undefined })} />
        <Tooltip label={clip.copied ? 'Copied: text, values and absolute time' : 'Copy a link: text, values and absolute time'}>
          <ActionIcon aria-label="Copy link" onClick={share} disabled={!draft.text.trim()}>
            <IconLink size={16} stroke={1.6} color={clip.copied ? 'var(--ok)' : undefined} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label={live ? 'Back to what is stored' : 'Live: new events as they become searchable'}>
          <ActionIcon
            aria-label="Live tail"
            aria-pressed={live}
            variant={live ? 'filled' : 'subtle'}
            color={live ? 'amber' : 'gray'}
            onClick={() => setLive(!live)}
            disabled={!draft.text.trim()}
          >
            <IconWaveSine size={16} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
        <TimePicker range={draft.range} onRange={(range) => run({ ...draft, range })} />
        {busy ? (
          <Button color="gray" onClick={cancel} leftSection={<IconPlayerStop size={13} stroke={2} />}>
            Cancel
          </Button>
        ) : (
          <Button onClick={() => run(draft)} leftSection={<IconPlayerPlay size={13} stroke={2} />} disabled={!draft.text.trim()}>
            Run
          </Button>
        )}
      </div>
      {draft.mode === 'box' ? (
        <BoxField draft={draft} setDraft={setDraft} run={run} />
      ) : (
        <Boundary what="The editor" fallback={<PlainEditor draft={draft} setDraft={setDraft} run={run} />}>
          <Suspense fallback={<PlainEditor draft={draft} setDraft={setDraft} run={run} />}>
            <KqlEditor text={draft.text} onText={(text) => setDraft({ ...draft, text })} onRun={() => run(draft)} checked={checked} />
          </Suspense>
        </Boundary>
      )}
      {draft.mode === 'kql' && values.length > 0 && (
        <div className="parameterbar">
          <ParameterFields
            values={values}
            parameters={saved?.parameters}
            onChange={(next) => setDraft({ ...draft, values: next })}
            onRun={() => run(draft)}
          />
        </div>
      )}
    </div>
  );
}

type Part = Pick<Props, 'draft' | 'setDraft' | 'run'>;

function BoxField({ draft, setDraft, run }: Part) {
  const [text] = useDebouncedValue(draft.text, 200);
  const box = useBox(text);
  return (
    <div className="boxfield">
      <input
        className="box-input"
        aria-label="Search words"
        placeholder='failed user.name:root -host.name:build03 "invalid user"'
        autoFocus
        spellCheck={false}
        value={draft.text}
        onChange={(e) => setDraft({ ...draft, text: e.currentTarget.value })}
        onKeyDown={(e) => e.key === 'Enter' && draft.text.trim() && run(draft)}
      />
      {text.trim() && box.data && (
        <div className="box-kql">
          <pre className="code">{box.data.kql}</pre>
          <button type="button" className="bare link nowrap" onClick={() => setDraft({ ...draft, mode: 'kql', text: box.data?.kql ?? '' })}>
            Edit as KQL
          </button>
        </div>
      )}
    </div>
  );
}

/** Stands in while the editor loads, and if it cannot. */
function PlainEditor({ draft, setDraft, run }: Part) {
  return (
    <textarea
      className="plain-editor"
      aria-label="Query in KQL"
      spellCheck={false}
      rows={Math.min(10, draft.text.split('\n').length + 1)}
      value={draft.text}
      onChange={(e) => setDraft({ ...draft, text: e.currentTarget.value })}
      onKeyDown={(e) => (e.ctrlKey || e.metaKey) && e.key === 'Enter' && run(draft)}
    />
  );
}
