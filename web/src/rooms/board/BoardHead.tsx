import { Button, Tooltip } from '@mantine/core';
import { IconSettings, IconX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { Hostile } from '@/parts/Hostile';
import { whole } from '@/parts/words';
import type { Board, Card } from '@/wire/types';

interface Props {
  board: Board;
  moved: number;
  /** The card that "Next" gave last; its reason is shown until it is dismissed. */
  given: Card | null;
  forget: () => void;
  release: () => void;
  pullNext: () => void;
  pulling: boolean;
  plan: () => void;
}

export function BoardHead({ board, moved, given, forget, release, pullNext, pulling, plan }: Props) {
  return (
    <header className="page-head">
      <h1>Board</h1>
      <Tooltip label="Cards in all open lanes, ordered by priority in each.">
        <span className="dim">
          <Link to="/cases" search={{ state: 'open' }} className="numlink">
            {whole(board.flow.open)} open
          </Link>
        </span>
      </Tooltip>
      <Tooltip label="Hits of rules in the testing queue, last 24 h. They are counted and shown with their rules; they make no case.">
        <Link to="/rules" search={{ queue: 'testing' }} className="dim">
          <span className="numlink">{whole(board.testing.hits24h)}</span> testing hits, 24 h
        </Link>
      </Tooltip>
      {given?.service.chosen && (
        <div className="given" role="status">
          <b>#{given.number}</b>, because <Hostile text={given.service.chosen.text} max={160} />
          <button type="button" className="bare" aria-label="Dismiss the reason" onClick={forget}>
            <IconX size={12} stroke={2} aria-hidden />
          </button>
        </div>
      )}
      <div className="grow" />
      {moved > 0 && (
        <button
          type="button"
          className="bare pill"
          onClick={release}
          title="The order waits while your pointer is over the board. Click, press Space, or move away."
        >
          {moved} moved <span className="kbd">Space</span>
        </button>
      )}
      <Link to="/board/settings" className="dim board-gear" aria-label="Limits, skills and split" title="Limits, skills, the split">
        <IconSettings size={16} stroke={1.6} aria-hidden />
      </Link>
      <Button variant="default" onClick={plan} title="Make a card of planned work (+)">
        Plan
      </Button>
      <Button onClick={pullNext} loading={pulling} title="Take the best card you may take (p)">
        Pull next
      </Button>
    </header>
  );
}
