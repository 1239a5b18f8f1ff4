import { Modal, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';
import { findingsOf } from '@/parts/FindingView';
import { plainText } from '@/parts/hostile';
import { useCases } from '@/wire/getCases';
import { useDashboards } from '@/wire/getDashboards';
import { useRules } from '@/wire/getRules';
import { useSearches } from '@/wire/getSearches';
import { usePullBest } from '@/wire/pullBest';
import { useSignOut } from '@/wire/signOut';
import { places } from './places';

interface Entry {
  id: string;
  group: string;
  words: string;
  aside?: string;
  run: () => void;
}

export function Palette({ opened, close, openHelp }: { opened: boolean; close: () => void; openHelp: () => void }) {
  return (
    <Modal
      opened={opened}
      onClose={close}
      withCloseButton={false}
      padding={0}
      size={600}
      yOffset="14vh"
      centered={false}
      aria-label="Command palette"
    >
      {opened && <Inside close={close} openHelp={openHelp} />}
    </Modal>
  );
}

function Inside({ close, openHelp }: { close: () => void; openHelp: () => void }) {
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const [asked] = useDebouncedValue(text.trim(), 150);
  const entries = useEntries(asked, close, openHelp);
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = entries.filter((e) => words.every((w) => `${e.words} ${e.aside ?? ''}`.toLowerCase().includes(w))).slice(0, 14);
  const chosen = Math.min(at, Math.max(0, shown.length - 1));
  const list = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the chosen entry scrolls into view.
  useEffect(() => {
    // In braces: newer browsers give a promise back, and React would call it when the palette closes.
    list.current?.querySelector('.on')?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);

  const keys = (e: React.KeyboardEvent) => {
    if (e.key === 'ArrowDown') setAt(Math.min(shown.length - 1, chosen + 1));
    else if (e.key === 'ArrowUp') setAt(Math.max(0, chosen - 1));
    else if (e.key === 'Enter') shown[chosen]?.run();
    else return;
    e.preventDefault();
  };

  return (
    <div className="palette">
      <input
        autoFocus
        className="palette-input"
        placeholder="A room, a case number or title, a rule, a search, an action"
        aria-label="Go to or do"
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={shown[chosen] ? `palette-${shown[chosen].id}` : undefined}
        value={text}
        onKeyDown={keys}
        onChange={(e) => {
          setText(e.currentTarget.value);
          setAt(0);
        }}
      />
      <div ref={list} id="palette-list" className="palette-list" role="listbox" aria-label="Results">
        {shown.length === 0 && <div className="palette-none">Nothing by that name. Enter a case number, part of a title, or a room.</div>}
        {shown.map((e, i) => (
          <button
            key={e.id}
            id={`palette-${e.id}`}
            type="button"
            role="option"
            aria-selected={i === chosen}
            className={`bare palette-entry${i === chosen ? ' on' : ''}`}
            onMouseMove={() => setAt(i)}
            onClick={e.run}
          >
            <span className="label">{e.group}</span>
            <span className="cut grow">{plainText(e.words)}</span>
            {e.aside && <span className="faint">{e.aside}</span>}
          </button>
        ))}
      </div>
    </div>
  );
}

function useEntries(asked: string, close: () => void, openHelp: () => void): Entry[] {
  const go = useNavigate();
  const pull = usePullBest();
  const signOut = useSignOut();
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('dark');
  const cases = useCases('', asked).data;
  const rules = useRules('', asked).data;
  const searches = useSearches().data;
  const dashboards = useDashboards().data;
  return useMemo(() => {
    const then = (run: () => void) => () => {
      close();
      run();
    };
    const pullNext = () =>
      pull.mutate(undefined, {
        onSuccess: (card) => void go({ to: '/cases/$caseId', params: { caseId: card.caseId } }),
        onError: (why) =>
          notifications.show({
            color: 'red',
            title: 'Not pulled',
            message: findingsOf(why)
              .map((f) => `${f.message} ${f.hint}`)
              .join(' '),
          }),
      });
    return [
      ...places.map(
        (r): Entry => ({ id: r.word, group: 'Room', words: r.word, aside: `g ${r.key}`, run: then(() => void go({ to: r.to })) }),
      ),
      { id: 'pull', group: 'Do', words: 'Pull next: take the best card', aside: 'p on the board', run: then(pullNext) },
      { id: 'cases', group: 'Room', words: 'All cases, open and closed', run: then(() => void go({ to: '/cases' })) },
      {
        id: 'theme',
        group: 'Do',
        words: scheme === 'dark' ? 'Light theme' : 'Dark theme',
        run: then(() => setColorScheme(scheme === 'dark' ? 'light' : 'dark')),
      },
      { id: 'keys', group: 'Do', words: 'Show keys', aside: '?', run: then(openHelp) },
      { id: 'out', group: 'Do', words: 'Sign out', run: then(() => signOut.mutate()) },
      ...(asked ? (cases?.cases ?? []) : []).slice(0, 8).map(
        (c): Entry => ({
          id: c.caseId,
          group: 'Case',
          words: `#${c.number} ${c.title}`,
          aside: `${c.lane}, ${Math.round(c.priority)}`,
          run: then(() => void go({ to: '/cases/$caseId', params: { caseId: c.caseId } })),
        }),
      ),
      ...(asked ? (rules?.rules ?? []) : []).slice(0, 6).map(
        (r): Entry => ({
          id: r.ruleId,
          group: 'Rule',
          words: r.title,
          aside: r.queue,
          run: then(() => void go({ to: '/rules/$ruleId', params: { ruleId: r.ruleId } })),
        }),
      ),
      ...(asked ? (searches ?? []) : []).map(
        (q): Entry => ({
          id: q.searchId,
          group: 'Search',
          words: q.name,
          aside: q.shipped ? 'comes with Andon' : undefined,
          run: then(() => void go({ to: '/search', search: { s: q.searchId, last: q.range } })),
        }),
      ),
      ...(asked ? (dashboards ?? []) : []).map(
        (d): Entry => ({
          id: d.dashboardId,
          group: 'Dashboard',
          words: d.name,
          run: then(() => void go({ to: '/dashboards/$dashboardId', params: { dashboardId: d.dashboardId } })),
        }),
      ),
      ...(asked
        ? [
            {
              id: 'search',
              group: 'Search',
              words: `Search events for ${asked}`,
              run: then(() => void go({ to: '/search', search: { box: asked, last: '24h' } })),
            },
          ]
        : []),
    ];
  }, [asked, cases, rules, searches, dashboards, scheme, go, close, openHelp, pull, signOut, setColorScheme]);
}
