import { ActionIcon, Button, Menu, SegmentedControl, Tooltip } from '@mantine/core';
import { useClipboard, useDebouncedValue } from '@mantine/hooks';
import { IconHistory, IconLink, IconPlayerPlay } from '@tabler/icons-react';
import { lazy, Suspense, useMemo, useState } from 'react';
import { Boundary } from '@/parts/Boundary';
import { resolve, type SearchState, toParams } from '@/parts/searchLink';
import { ago } from '@/parts/time';
import { useBox } from '@/wire/box';
import type { Finding } from '@/wire/types';
import { readHistory } from './history';
import { TimePicker } from './TimePicker';

const KqlEditor = lazy(() => import('./KqlEditor'));

interface Props {
  draft: SearchState;
  setDraft: (next: SearchState) => void;
  run: (next: SearchState) => void;
  busy: boolean;
  findings: Finding[];
}

export function QueryBar({ draft, setDraft, run, busy, findings }: Props) {
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
        <span className="faint querybar-hint">
          {draft.mode === 'box'
            ? 'words, "a phrase", field:value, -not; below it stands the KQL it becomes'
            : 'Ctrl Space completes, Ctrl Enter runs'}
        </span>
        <div className="grow" />
        <HistoryMenu choose={(mode, text) => run({ ...draft, mode, text })} />
        <Tooltip label={clip.copied ? 'Copied: text and absolute time' : 'Copy a link: text and absolute time'}>
          <ActionIcon aria-label="Copy link" onClick={share}>
            <IconLink size={16} stroke={1.6} color={clip.copied ? 'var(--ok)' : undefined} />
          </ActionIcon>
        </Tooltip>
        <TimePicker range={draft.range} onRange={(range) => run({ ...draft, range })} />
        <Button
          onClick={() => run(draft)}
          loading={busy}
          leftSection={<IconPlayerPlay size={13} stroke={2} />}
          disabled={!draft.text.trim()}
        >
          Run
        </Button>
      </div>
      {draft.mode === 'box' ? (
        <BoxField draft={draft} setDraft={setDraft} run={run} />
      ) : (
        <Boundary what="The editor" fallback={<PlainEditor draft={draft} setDraft={setDraft} run={run} />}>
          <Suspense fallback={<PlainEditor draft={draft} setDraft={setDraft} run={run} />}>
            <KqlEditor text={draft.text} onText={(text) => setDraft({ ...draft, text })} onRun={() => run(draft)} findings={findings} />
          </Suspense>
        </Boundary>
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

function HistoryMenu({ choose }: { choose: (mode: 'kql' | 'box', text: string) => void }) {
  const [opened, setOpened] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: read again each time it opens.
  const list = useMemo(readHistory, [opened]);
  return (
    <Menu opened={opened} onChange={setOpened} position="bottom-end" width={520}>
      <Menu.Target>
        <ActionIcon aria-label="Earlier searches" title="Earlier searches, kept in this browser">
          <IconHistory size={16} stroke={1.6} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown mah={380} style={{ overflow: 'auto' }}>
        {list.length === 0 && <Menu.Label>No searches yet in this browser.</Menu.Label>}
        {list.map((p) => (
          <Menu.Item
            key={p.atMs + p.text}
            onClick={() => choose(p.mode, p.text)}
            rightSection={<span className="faint">{ago(p.atMs, Date.now())}</span>}
          >
            <span className="mono cut" style={{ display: 'block' }}>
              {p.text.replaceAll('\n', ' ').slice(0, 140)}
            </span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
