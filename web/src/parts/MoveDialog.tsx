import { Button, Checkbox, Modal, SegmentedControl, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useMoveCase } from '@/wire/moveCase';
import { usePullCase } from '@/wire/pullCase';
import type { Card, Finding, Lane } from '@/wire/types';
import { FindingList, findingsAt, findingsOf } from './FindingView';
import { Hostile } from './Hostile';
import { lanes, laneWords } from './words';

export interface MoveWish {
  card: Card;
  /** Unset: the person still chooses. */
  to?: Lane;
  /** Why the server did not do it straight away. */
  refused?: Finding[];
  /** Taking a card out of order, rather than moving it. */
  pull?: boolean;
}

interface Props {
  wish: MoveWish | null;
  close: () => void;
  done: (card: Card, to: Lane) => void;
}

/** The keyboard's equal of a drag, and the place where a reason is given. */
export function MoveDialog({ wish, close, done }: Props) {
  return (
    <Modal
      opened={wish !== null}
      onClose={close}
      title={wish?.pull ? `Take #${wish.card.number}` : `Move #${wish?.card.number ?? ''}`}
      size={480}
    >
      {wish && <Inside key={wish.card.caseId} wish={wish} close={close} done={done} />}
    </Modal>
  );
}

function Inside({ wish, close, done }: Props & { wish: MoveWish }) {
  const { card } = wish;
  const open = lanes.filter((l) => l !== 'closed' && l !== card.lane);
  const [to, setTo] = useState<Lane>(wish.to ?? (open.find((l) => lanes.indexOf(l) > lanes.indexOf(card.lane)) as Lane) ?? 'triage');
  const [why, setWhy] = useState('');
  const [override, setOverride] = useState(false);
  const move = useMoveCase();
  const pull = usePullCase();
  const busy = move.isPending || pull.isPending;
  const refused = findingsOf(wish.pull ? pull.error : move.error);
  const shown = refused.length > 0 ? refused : (wish.refused ?? []);
  const submit = (e: React.FormEvent) => {
    e.preventDefault();
    const after = {
      onSuccess: () => {
        close();
        done(card, wish.pull ? 'triage' : to);
      },
    };
    if (wish.pull) pull.mutate({ caseId: card.caseId, why: why.trim() || undefined }, after);
    else move.mutate({ caseId: card.caseId, to, why: why.trim(), override: override || undefined }, after);
  };
  return (
    <form onSubmit={submit} className="stack" style={{ gap: 12 }}>
      <div className="strong">
        <Hostile text={card.title} max={160} />
      </div>
      {!wish.pull && (
        <div>
          <div className="label" style={{ marginBottom: 4 }}>
            From {laneWords[card.lane].title} to
          </div>
          <SegmentedControl
            fullWidth
            data-autofocus={wish.to ? undefined : true}
            value={to}
            onChange={(v) => setTo(v as Lane)}
            data={open.map((l) => ({ value: l, label: laneWords[l].title }))}
          />
          <div className="dim" style={{ marginTop: 4 }}>
            {laneWords[to].meaning}
          </div>
        </div>
      )}
      <Textarea
        label="Reason"
        description="Kept with the move; the next person reads it."
        autosize
        minRows={2}
        data-autofocus={wish.to || wish.pull ? true : undefined}
        value={why}
        onChange={(e) => setWhy(e.currentTarget.value)}
        onKeyDown={(e) => (e.ctrlKey || e.metaKey) && e.key === 'Enter' && submit(e)}
      />
      <FindingList findings={shown} />
      {!wish.pull && (override || findingsAt(shown, 'override').length > 0) && (
        <Checkbox
          size="xs"
          checked={override}
          onChange={(e) => setOverride(e.currentTarget.checked)}
          label="Move it although the lane is at its limit; the reason is kept"
        />
      )}
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={close}>
          Leave it
        </Button>
        <Button type="submit" loading={busy}>
          {wish.pull ? 'Take it' : `Move to ${laneWords[to].title}`}
        </Button>
      </div>
    </form>
  );
}
