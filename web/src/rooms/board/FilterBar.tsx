import { Button, Menu } from '@mantine/core';
import { IconBookmark, IconFilter, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { classes, classWords } from '@/parts/classWords';
import { Hostile } from '@/parts/Hostile';
import type { BoardFlow } from '@/wire/types';
import { addToken, dropToken, keepViews, readTokens, readViews, type Token, typedToken, writeTokens } from './filter';

interface Props {
  filter: string | undefined;
  flow: BoardFlow;
  set: (filter: string | undefined) => void;
}

/** Removable tokens, what can be added with its counts, and views kept in this browser. */
export function FilterBar({ filter, flow, set }: Props) {
  const tokens = readTokens(filter);
  const [text, setText] = useState('');
  const add = (token: Token | null) => token && set(writeTokens(addToken(tokens, token)));
  return (
    <div className="filterbar" role="search" aria-label="Filter the board">
      <IconFilter size={14} stroke={1.6} aria-hidden className="faint" />
      {tokens.map((t) => (
        <span key={`${t.kind}:${t.value}`} className="token">
          <span className="faint">{t.kind}</span> <Hostile text={t.value} max={40} />
          <button
            type="button"
            className="bare"
            aria-label={`Remove ${t.kind} ${t.value}`}
            onClick={() => set(writeTokens(dropToken(tokens, t)))}
          >
            <IconX size={12} stroke={2} aria-hidden />
          </button>
        </span>
      ))}
      <input
        id="board-filter"
        className="token-input"
        placeholder={tokens.length ? 'and …' : 'Filter: words of a title, owner:anna, entity:web01 …'}
        aria-label="Add a filter"
        value={text}
        onChange={(e) => setText(e.currentTarget.value)}
        onKeyDown={(e) => {
          if (e.key === 'Enter') {
            add(typedToken(text));
            setText('');
          } else if (e.key === 'Backspace' && !text && tokens.length) set(writeTokens(tokens.slice(0, -1)));
          else if (e.key === 'Escape') e.currentTarget.blur();
        }}
      />
      <AddMenu flow={flow} add={add} />
      <ViewMenu filter={filter} set={set} />
      {tokens.length > 0 && (
        <>
          <span className="dim nowrap">
            {flow.shown} of {flow.open} cards
          </span>
          <Button variant="subtle" color="gray" onClick={() => set(undefined)}>
            Show all
          </Button>
        </>
      )}
    </div>
  );
}

function AddMenu({ flow, add }: { flow: BoardFlow; add: (token: Token) => void }) {
  const item = (kind: string, value: string, label: string, count?: number) => (
    <Menu.Item
      key={`${kind}:${value}`}
      onClick={() => add({ kind, value })}
      rightSection={count !== undefined && <span className="faint">{count}</span>}
    >
      {label}
    </Menu.Item>
  );
  return (
    <Menu position="bottom-start" width={230}>
      <Menu.Target>
        <Button variant="subtle" color="gray">
          Add
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={460} style={{ overflowY: 'auto' }}>
        <Menu.Label>Domain</Menu.Label>
        {flow.domains.map((d) => item('domain', d.name, d.name, d.count))}
        <Menu.Label>Owner</Menu.Label>
        {flow.owners.map((o) => item('owner', o.name, o.name, o.count))}
        {item('owner', 'nobody', 'nobody')}
        <Menu.Label>Class</Menu.Label>
        {classes.map((c) => item('class', c, classWords[c].word))}
        <Menu.Label>Work</Menu.Label>
        {item('work', 'discovered', 'discovered')}
        {item('work', 'planned', 'planned')}
        <Menu.Label>State</Menu.Label>
        {item('state', 'waiting', 'waits outside', flow.waiting)}
        {item('state', 'asleep', 'asleep', flow.asleep)}
        {item('state', 'due', 'has a date')}
      </Menu.Dropdown>
    </Menu>
  );
}

function ViewMenu({ filter, set }: { filter: string | undefined; set: (filter: string | undefined) => void }) {
  const [views, setViews] = useState(readViews);
  const [name, setName] = useState('');
  const keep = (next: typeof views) => {
    keepViews(next);
    setViews(next);
  };
  return (
    <Menu position="bottom-start" width={250} closeOnItemClick={false}>
      <Menu.Target>
        <Button variant="subtle" color="gray" leftSection={<IconBookmark size={14} stroke={1.6} />}>
          Views
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {views.length === 0 && <Menu.Label>None kept yet. Set a filter and give it a name.</Menu.Label>}
        {views.map((v) => (
          <div key={v.name} className="row" style={{ gap: 0 }}>
            <Menu.Item style={{ flex: 1 }} onClick={() => set(v.filter)}>
              {v.name}
            </Menu.Item>
            <button
              type="button"
              className="bare"
              aria-label={`Forget the view ${v.name}`}
              onClick={() => keep(views.filter((o) => o !== v))}
            >
              <IconX size={13} aria-hidden />
            </button>
          </div>
        ))}
        {filter && (
          <form
            className="row"
            style={{ padding: 6 }}
            onSubmit={(e) => {
              e.preventDefault();
              if (!name.trim()) return;
              keep([...views.filter((v) => v.name !== name.trim()), { name: name.trim(), filter }]);
              setName('');
            }}
          >
            <input
              className="token-input"
              aria-label="Name of the view"
              placeholder="Name of this view"
              value={name}
              onChange={(e) => setName(e.currentTarget.value)}
            />
            <Button type="submit" variant="default">
              Keep
            </Button>
          </form>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
