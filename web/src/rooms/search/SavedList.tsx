import { ActionIcon, Menu, Modal, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconCalendarTime, IconDots } from '@tabler/icons-react';
import { useState } from 'react';
import { FactLink } from '@/parts/FactLink';
import { findingsOf } from '@/parts/FindingView';
import { Hostile } from '@/parts/Hostile';
import { type SearchState, valuesOf } from '@/parts/searchLink';
import { Answer } from '@/parts/states';
import { actorWord } from '@/parts/words';
import { useSearches } from '@/wire/getSearches';
import { useSession } from '@/wire/getSession';
import { useRemoveSearch } from '@/wire/removeSearch';
import type { SavedSearch } from '@/wire/types';
import { ScheduleForm } from './ScheduleForm';
import { Versions } from './Versions';

export const stateOf = (s: SavedSearch): SearchState => ({
  mode: 'kql',
  text: s.kql,
  range: { last: s.range },
  saved: s.searchId,
  values: valuesOf(s.parameters),
});

/** All saved searches: one's own first, then others', then those that come with the program. */
export function SavedList({ open }: { open: (state: SearchState) => void }) {
  const searches = useSearches();
  const [find, setFind] = useState('');
  const fits = (s: SavedSearch) => `${s.name} ${s.description} ${s.tags.join(' ')}`.toLowerCase().includes(find.toLowerCase());
  const groups: [string, (s: SavedSearch) => boolean][] = [
    ['Mine', (s) => s.mine],
    ['Of others', (s) => !s.mine && !s.shipped],
    ['Come with Andon', (s) => s.shipped],
  ];
  return (
    <div className="saved-list">
      <TextInput placeholder="Find a search" aria-label="Find a search" value={find} onChange={(e) => setFind(e.currentTarget.value)} />
      <Answer of={searches} what="searches">
        {(all) => (
          <>
            {groups.map(([title, of]) => {
              const some = all.filter((s) => of(s) && fits(s));
              return some.length === 0 ? null : (
                <section key={title} aria-label={title}>
                  <h3>{title}</h3>
                  {some.map((s) => (
                    <SavedRow key={s.searchId} search={s} open={() => open(stateOf(s))} />
                  ))}
                </section>
              );
            })}
            {!all.some(fits) && <p className="faint">No search fits.</p>}
          </>
        )}
      </Answer>
    </div>
  );
}

function SavedRow({ search: s, open }: { search: SavedSearch; open: () => void }) {
  const [act, setAct] = useState<'schedule' | 'versions' | null>(null);
  const remove = useRemoveSearch();
  const roles = useSession().data?.roles ?? [];
  const maySchedule = roles.some((r) => ['admin', 'champion', 'operations'].includes(r));
  const failed = s.schedule?.last?.finding;
  return (
    <div className="saved-row">
      <button type="button" className="bare saved-open" onClick={open}>
        <span className="link">
          <Hostile text={s.name} max={120} />
        </span>
        <span className="faint saved-about">
          <Hostile text={s.description} max={200} />
        </span>
        <span className="saved-marks">
          {s.parameters.length > 0 && <span className="tag">{s.parameters.map((p) => p.name).join(', ')}</span>}
          {s.schedule?.enabled && (
            <span className={`tag${failed ? ' bad' : ' amber'}`}>
              <IconCalendarTime size={11} /> every {s.schedule.everyMinutes} min{failed ? `, ${failed.code}` : ''}
            </span>
          )}
          {s.usedBy.some((u) => u.kind === 'dashboard') && (
            <span className="faint cut" title={s.usedBy.map((u) => `${u.kind} ${u.name}`).join('\n')}>
              on {s.usedBy.flatMap((u) => (u.kind === 'dashboard' ? [u.name] : [])).join(', ')}
            </span>
          )}
          {!s.shipped && (
            <span className="faint">
              {actorWord(s.owner)} · v{s.version} <FactLink seq={s.fact} />
            </span>
          )}
        </span>
      </button>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon aria-label={`Acts for ${s.name}`}>
            <IconDots size={15} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setAct('schedule')} disabled={!maySchedule}>
            {s.schedule?.enabled ? 'Schedule and its runs' : 'Schedule: rows become alerts'}
          </Menu.Item>
          {!s.shipped && <Menu.Item onClick={() => setAct('versions')}>Versions</Menu.Item>}
          {!s.shipped && (
            <Menu.Item
              color="red"
              onClick={() =>
                remove.mutate(s.searchId, {
                  onError: (why) =>
                    notifications.show({
                      color: 'red',
                      message: findingsOf(why)
                        .map((f) => `${f.message} ${f.hint}`)
                        .join(' '),
                    }),
                })
              }
            >
              Remove
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <Modal
        opened={act !== null}
        onClose={() => setAct(null)}
        title={act === 'schedule' ? `Schedule: ${s.name}` : `Versions: ${s.name}`}
        size={680}
      >
        {act === 'schedule' && <ScheduleForm searchId={s.searchId} close={() => setAct(null)} />}
        {act === 'versions' && <Versions searchId={s.searchId} />}
      </Modal>
    </div>
  );
}
