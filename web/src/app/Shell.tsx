import { Link, useRouterState } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { Boundary } from '@/parts/Boundary';
import { FactDrawer } from '@/parts/FactDrawer';
import { MaskedLine } from '@/parts/MaskedLine';
import { Seen } from '@/parts/Pseudonym';
import { useLive } from '@/wire/live';
import { Header } from './Header';
import { KeysHelp } from './KeysHelp';
import { Mark } from './Mark';
import { Palette } from './Palette';
import { pageTitle } from './pageTitle';
import { rooms } from './rooms';
import { useGlobalKeys } from './useGlobalKeys';

export function Shell({ children }: { children: React.ReactNode }) {
  const live = useLive();
  const [palette, setPalette] = useState(false);
  const [help, setHelp] = useState(false);
  const path = useRouterState({ select: (s) => s.location.pathname });
  useEffect(() => {
    document.title = pageTitle(path);
  }, [path]);
  useGlobalKeys({ openPalette: () => setPalette(true), openHelp: () => setHelp(true) });
  return (
    <div className="shell">
      <a className="skip" href="#main">
        Skip to content
      </a>
      <nav className="rail" aria-label="Rooms">
        <Link to="/board" className="rail-mark" aria-label="Andon">
          <Mark size={26} />
        </Link>
        {rooms.map((r) => (
          <Link
            key={r.to}
            to={r.to}
            // Pages about what comes in stand beside the sources.
            className={r.to === '/sources' && /^\/(parsers|quality|backlog)/.test(path) ? 'rail-item on' : 'rail-item'}
            activeProps={{ className: 'rail-item on', 'aria-current': 'page' }}
            title={`${r.meaning} (g ${r.key})`}
          >
            <r.icon size={19} stroke={1.5} aria-hidden />
            <span>{r.word}</span>
          </Link>
        ))}
      </nav>
      <Header live={live} openPalette={() => setPalette(true)} openHelp={() => setHelp(true)} />
      <main id="main" className="main" tabIndex={-1}>
        <MaskedLine />
        <Boundary what="This page">
          <Seen>{children}</Seen>
        </Boundary>
      </main>
      <Palette opened={palette} close={() => setPalette(false)} openHelp={() => setHelp(true)} />
      <KeysHelp opened={help} close={() => setHelp(false)} />
      <FactDrawer />
    </div>
  );
}
