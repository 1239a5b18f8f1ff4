import { Button, Modal, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { Hostile } from '@/parts/Hostile';
import { EmptyState } from '@/parts/states';
import { TimeText } from '@/parts/TimeText';
import { utc } from '@/parts/time';
import { actorWord } from '@/parts/words';
import { type Hold, type HoldScope, usePlaceHold, useReleaseHold } from '@/wire/keeping';

/** What must not be deleted, whatever its class says. */
export function Holds({ list }: { list: Hold[] }) {
  const [placing, setPlacing] = useState(false);
  const [releasing, setReleasing] = useState<Hold | null>(null);
  return (
    <div className="keep-scroll stack">
      <div className="row">
        <Button onClick={() => setPlacing(true)}>Place a hold</Button>
        <span className="dim">A hold beats every class: from then on nothing in its scope is deleted.</span>
      </div>
      {list.length === 0 ? (
        <EmptyState title="No hold stands">
          <p>Place one for a case, a source, a host or a time before its evidence is due.</p>
        </EmptyState>
      ) : (
        <table className="keep-table">
          <thead>
            <tr>
              <th>Hold</th>
              <th>Scope</th>
              <th>Why</th>
              <th>Placed</th>
              <th />
            </tr>
          </thead>
          <tbody>
            {list.map((h) => (
              <tr key={h.holdId}>
                <td className="mono">{h.holdId}</td>
                <td>
                  <Scope of={h.scope} />
                </td>
                <td>
                  <Hostile text={h.why} max={200} />
                </td>
                <td>
                  {actorWord(h.placedBy)}, <TimeText ms={h.placedMs} form="ago" />
                </td>
                <td>
                  <Button size="compact-xs" variant="default" onClick={() => setReleasing(h)} aria-label={`Release ${h.holdId}`}>
                    Release
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Modal opened={placing} onClose={() => setPlacing(false)} title="Place a hold">
        <Place close={() => setPlacing(false)} />
      </Modal>
      <Modal opened={releasing !== null} onClose={() => setReleasing(null)} title={`Release ${releasing?.holdId ?? ''}`}>
        {releasing && <Release of={releasing} close={() => setReleasing(null)} />}
      </Modal>
    </div>
  );
}

function Scope({ of: s }: { of: HoldScope }) {
  return (
    <>
      {s.caseId && (
        <Link className="link" to="/cases/$caseId" params={{ caseId: s.caseId }}>
          case {s.caseId}
        </Link>
      )}
      {s.sourceId && <span> source {s.sourceId}</span>}
      {s.host && <span> host {s.host}</span>}
      {s.fromMs !== undefined && <span> from {utc(s.fromMs)}</span>}
      {s.toMs !== undefined && <span> to {utc(s.toMs)}</span>}
    </>
  );
}

function Place({ close }: { close: () => void }) {
  const [scope, setScope] = useState({ caseId: '', sourceId: '', host: '', from: '', to: '' });
  const [why, setWhy] = useState('');
  const place = usePlaceHold();
  const at = (text: string) => (text.trim() === '' ? undefined : Date.parse(`${text.trim()}T00:00:00Z`));
  const field = (key: keyof typeof scope, label: string, description?: string) => (
    <TextInput
      label={label}
      description={description}
      value={scope[key]}
      onChange={(e) => setScope({ ...scope, [key]: e.currentTarget.value })}
    />
  );
  return (
    <form
      className="stack"
      onSubmit={(e) => {
        e.preventDefault();
        const told = (text: string) => text.trim() || undefined;
        place.mutate(
          {
            why,
            scope: {
              caseId: told(scope.caseId),
              sourceId: told(scope.sourceId),
              host: told(scope.host),
              fromMs: at(scope.from),
              toMs: at(scope.to),
            },
          },
          { onSuccess: close },
        );
      }}
    >
      {field('caseId', 'Case', 'Its hosts, users and addresses, a day around them.')}
      {field('sourceId', 'Source')}
      {field('host', 'Host')}
      {field('from', 'From day', '2026-03-02, UTC')}
      {field('to', 'To day, not included')}
      <TextInput label="Why" required value={why} onChange={(e) => setWhy(e.currentTarget.value)} />
      <FindingList findings={findingsOf(place.error)} />
      <Button type="submit" loading={place.isPending}>
        Hold
      </Button>
    </form>
  );
}

function Release({ of, close }: { of: Hold; close: () => void }) {
  const [why, setWhy] = useState('');
  const release = useReleaseHold();
  return (
    <form
      className="stack"
      onSubmit={(e) => {
        e.preventDefault();
        release.mutate({ holdId: of.holdId, why }, { onSuccess: close });
      }}
    >
      <p className="dim">What is due by its class is deleted at the next run. Only administrators release.</p>
      <TextInput label="Why" required value={why} onChange={(e) => setWhy(e.currentTarget.value)} data-autofocus />
      <FindingList findings={findingsOf(release.error)} />
      <Button type="submit" color="red" loading={release.isPending}>
        Release
      </Button>
    </form>
  );
}
