import { ActionIcon, Drawer, Menu, Modal, Popover, Tooltip, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconFlag3, IconHelp, IconMoon, IconSearch, IconSun } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { FindingView } from '@/parts/FindingView';
import { PasswordForm } from '@/parts/PasswordForm';
import { TimeText, useNow } from '@/parts/TimeText';
import { local, span, utcClock } from '@/parts/time';
import { many, short, whole } from '@/parts/words';
import { useHouse } from '@/wire/getHouse';
import { useSession } from '@/wire/getSession';
import type { Live } from '@/wire/live';
import { useSignOut } from '@/wire/signOut';
import type { House } from '@/wire/types';

const liveWords = { joining: 'joining', live: 'live', lost: 'not live' } as const;

export function Header({ live, openPalette, openHelp }: { live: Live; openPalette: () => void; openHelp: () => void }) {
  const house = useHouse().data;
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('dark');
  return (
    <header className="header">
      <button type="button" className="bare palette-open" onClick={openPalette}>
        <IconSearch size={14} stroke={1.6} aria-hidden />
        <span>Go to or do …</span>
        <span className="kbd">Ctrl K</span>
      </button>
      <div className="grow" />
      <Clock />
      <LiveState live={live} />
      {house && <HouseState house={house} />}
      {house && <Findings house={house} />}
      <Tooltip label={scheme === 'dark' ? 'Light theme' : 'Dark theme'}>
        <ActionIcon aria-label="Switch theme" onClick={() => setColorScheme(scheme === 'dark' ? 'light' : 'dark')}>
          {scheme === 'dark' ? <IconSun size={16} stroke={1.6} /> : <IconMoon size={16} stroke={1.6} />}
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Keys (?)">
        <ActionIcon aria-label="Keys" onClick={openHelp}>
          <IconHelp size={16} stroke={1.6} />
        </ActionIcon>
      </Tooltip>
      <UserMenu />
      {live.state === 'lost' && <StaleBanner sinceMs={live.sinceMs} />}
    </header>
  );
}

/** All times of the console are UTC; the reader's own clock stands beside it on demand. */
function Clock() {
  const now = useNow(5_000);
  return (
    <Tooltip label={`All times here are UTC. Your clock: ${local(now)}`}>
      <span className="clock">{utcClock(now).slice(0, 5)} UTC</span>
    </Tooltip>
  );
}

function LiveState({ live }: { live: Live }) {
  return (
    <Tooltip
      label={
        live.state === 'live'
          ? `Changes arrive by themselves; ${many(live.heard, 'fact')} since this page opened.`
          : 'Trying to reach Andon again.'
      }
    >
      <span className={`live live-${live.state}`} role="status">
        <span className="live-dot" aria-hidden />
        {liveWords[live.state]}
      </span>
    </Tooltip>
  );
}

function StaleBanner({ sinceMs }: { sinceMs: number }) {
  const now = useNow(1000);
  if (now - sinceMs < 3000) return null;
  return (
    <div className="stale" role="alert">
      No live updates for {span(now - sinceMs)}. What you see may be old. Trying again by itself; check that Andon runs if this stays.
    </div>
  );
}

function HouseState({ house }: { house: House }) {
  const worst = house.stages.reduce((max, s) => Math.max(max, s.lag), 0);
  const bad = house.stages.filter((s) => s.state !== 'running' && s.state !== 'ready' && s.state !== 'ok');
  const ready = /ready|running|ok/i.test(house.engine.state);
  return (
    <Popover width={400} position="bottom-end">
      <Popover.Target>
        <button type="button" className="bare house" aria-label="State of the house">
          <Tooltip label="Events taken in, per second, over the last seconds">
            <span>
              <b>{house.eventsPerSecond < 10 ? house.eventsPerSecond.toFixed(1) : whole(house.eventsPerSecond)}</b> events/s
            </span>
          </Tooltip>
          <Tooltip label="Records that the slowest stage has yet to read">
            <span className={worst > 100_000 ? 'up' : undefined}>
              lag <b>{short(worst)}</b>
            </span>
          </Tooltip>
          <span className={ready && bad.length === 0 ? undefined : 'up'}>
            engine <b>{house.engine.state}</b>
          </span>
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <table className="plain-table">
          <thead>
            <tr>
              <th>Stage</th>
              <th>State</th>
              <th className="num" title="Last record or fact this stage has done">
                Position
              </th>
              <th className="num" title="Records yet to read">
                Lag
              </th>
            </tr>
          </thead>
          <tbody>
            {house.stages.map((s) => (
              <tr key={s.name}>
                <td>{s.name}</td>
                <td className={s.state === 'running' ? 'dim' : 'up'}>
                  {s.state}
                  {s.note && <div className="faint">{s.note}</div>}
                </td>
                <td className="num">{whole(s.position)}</td>
                <td className="num">{whole(s.lag)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <div className="dim" style={{ paddingTop: 8, borderTop: '1px solid var(--line)' }}>
          Engine {house.engine.state}
          {house.engine.note && `: ${house.engine.note}`}
          <br />
          Andon {house.version}, up for <TimeText ms={house.startedMs} form="since" />
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

function Findings({ house }: { house: House }) {
  const [opened, open] = useState(false);
  const worst = house.findings.some((f) => f.level === 'error')
    ? 'error'
    : house.findings.some((f) => f.level === 'warning')
      ? 'warning'
      : 'note';
  return (
    <>
      <Tooltip label="What someone should mend: in sources, rules, stages">
        <button
          type="button"
          className={`bare findings-open findings-${house.findings.length ? worst : 'none'}`}
          onClick={() => open(true)}
        >
          <IconFlag3 size={15} stroke={1.6} aria-hidden />
          <b>{house.findings.length}</b> {house.findings.length === 1 ? 'finding' : 'findings'}
        </button>
      </Tooltip>
      <Drawer opened={opened} onClose={() => open(false)} title="Findings" size={460}>
        {house.findings.length === 0 ? (
          <p className="dim">Nothing to mend.</p>
        ) : (
          <div className="stack" style={{ gap: 14 }}>
            {house.findings.map((f) => (
              <FindingView key={`${f.code}${f.place}`} finding={f}>
                <div className="faint">
                  {f.stage} · {f.count === 1 ? 'once' : `${whole(f.count)} times`}, last <TimeText ms={f.lastMs} form="ago" />
                </div>
              </FindingView>
            ))}
          </div>
        )}
      </Drawer>
    </>
  );
}

function UserMenu() {
  const session = useSession().data;
  const signOut = useSignOut();
  const [changing, setChanging] = useState(false);
  if (!session) return null;
  return (
    <>
      <Menu position="bottom-end" width={200}>
        <Menu.Target>
          <button type="button" className="bare user" aria-label={`Signed in as ${session.name}`}>
            {session.name.slice(0, 2).toUpperCase()}
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>
            {session.name}
            <br />
            {session.roles.join(', ') || 'no roles'}
          </Menu.Label>
          <Menu.Item onClick={() => setChanging(true)}>Change password</Menu.Item>
          {session.roles.includes('admin') && (
            <Menu.Item component={Link} to="/people">
              People and tokens
            </Menu.Item>
          )}
          <Menu.Divider />
          <Menu.Item onClick={() => signOut.mutate()}>Sign out</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={changing} onClose={() => setChanging(false)} title="Change your password">
        {changing && (
          <PasswordForm
            name={session.name}
            done={() => {
              setChanging(false);
              notifications.show({ message: 'Your password is changed; other sessions have ended.' });
            }}
          />
        )}
      </Modal>
    </>
  );
}
