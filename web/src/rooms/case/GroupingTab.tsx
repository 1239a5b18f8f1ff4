import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Hostile } from '@/parts/Hostile';
import { Answer, EmptyState } from '@/parts/states';
import { typing } from '@/parts/typing';
import { many } from '@/parts/words';
import { useGrouping } from '@/wire/getGrouping';
import type { Regrouped } from '@/wire/regroup';
import type { Grouping } from '@/wire/types';
import './grouping.css';
import { GroupingAside } from './GroupingAside';
import { ReasonTree } from './ReasonTree';
import { RegroupDialog, type RegroupWish } from './RegroupDialog';

/** Why these signals are one case, and every way to change that. */
export function GroupingTab({ caseId, closed }: { caseId: string; closed: boolean }) {
  const view = useGrouping(caseId);
  return (
    <Answer of={view} what="the grouping">
      {(g) => <Inside key={caseId} caseId={caseId} closed={closed} g={g} />}
    </Answer>
  );
}

function Inside({ caseId, closed, g }: { caseId: string; closed: boolean; g: Grouping }) {
  const [at, setAt] = useState<string | null>(null);
  const [chosen, choose] = useState<ReadonlySet<string>>(new Set());
  const [wish, setWish] = useState<RegroupWish | null>(null);
  const [last, setLast] = useState<Regrouped | null>(null);
  const here = g.tree.find((t) => t.signalId === at) ?? null;
  const picked = g.tree.filter((t) => chosen.has(t.signalId)).map((t) => t.signalId);
  const toggle = (id: string) =>
    choose((before) => {
      const next = new Set(before);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  const ask = (w: RegroupWish) => !closed && setWish(w);
  const unjoin = () => here && ask({ act: 'unjoin', signalId: here.signalId, title: here.title });
  const keys = (e: React.KeyboardEvent) => {
    if (typing(e.nativeEvent) || e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key === ' ' && here) toggle(here.signalId);
    else if (e.key === 'x' && here) unjoin();
    else if (e.key === 's' && picked.length > 0) ask({ act: 'split', signalIds: picked });
    else return;
    e.preventDefault();
    e.stopPropagation();
  };
  if (g.tree.length === 0)
    return (
      <EmptyState title="No signal is left in this case">
        <p>What was in it went back to where it came from. Its notes and deeds stay.</p>
      </EmptyState>
    );
  return (
    <div className="grouping">
      <section className="grouping-main" onKeyDown={keys} aria-label="Reasons">
        <div className="grouping-bar">
          <span className="dim">
            {many(g.tree.length, 'signal')}
            {g.parts.length > 0 && <>, {many(g.parts.length, 'case')} merged in</>}
          </span>
          <span className="grow" />
          <Button size="compact-sm" variant="default" disabled={closed || !here} onClick={unjoin} title="x">
            Undo join
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            disabled={closed || picked.length === 0}
            onClick={() => ask({ act: 'split', signalIds: picked })}
            title="s"
          >
            Split off {picked.length > 0 && picked.length}
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            disabled={closed || picked.length === 0}
            onClick={() => ask({ act: 'move-signals', signalIds: picked })}
          >
            Move to …
          </Button>
          <Button size="compact-sm" variant="default" disabled={closed} onClick={() => ask({ act: 'merge' })}>
            Merge with …
          </Button>
        </div>
        {closed && <p className="grouping-note faint">The case is closed and its verdict speaks about all of it. Reopen it to regroup.</p>}
        {last?.next && <Done of={last} caseId={caseId} undo={(moveId) => ask({ act: 'undo-move', moveId })} />}
        <ReasonTree tree={g.tree} at={at} setAt={setAt} chosen={chosen} toggle={toggle} />
      </section>
      <GroupingAside g={g} here={here} closed={closed} ask={ask} />
      <RegroupDialog
        caseId={caseId}
        wish={wish}
        close={() => setWish(null)}
        done={(made) => {
          setWish(null);
          setLast(made);
          choose(new Set());
        }}
      />
    </div>
  );
}

function Done({ of, caseId, undo }: { of: Regrouped; caseId: string; undo: (moveId: string) => void }) {
  if (!of.next || of.next.caseId === caseId) return null;
  return (
    <p className="grouping-note" role="status">
      Done:{' '}
      <Link className="link" to="/cases/$caseId" params={{ caseId: of.next.caseId }} search={{ tab: 'grouping' }}>
        #{of.next.number} <Hostile text={of.next.title} max={90} />
      </Link>{' '}
      has {many(of.next.signals, 'signal')}.{' '}
      {of.moveId && (
        <button type="button" className="bare link" onClick={() => undo(of.moveId ?? '')}>
          Take it back
        </button>
      )}
    </p>
  );
}
