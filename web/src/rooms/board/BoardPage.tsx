import {
  DndContext,
  type DragEndEvent,
  DragOverlay,
  type DragStartEvent,
  PointerSensor,
  pointerWithin,
  useSensor,
  useSensors,
} from '@dnd-kit/core';
import { Button, Tooltip } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useCallback, useState } from 'react';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { MoveDialog, type MoveWish } from '@/parts/MoveDialog';
import { Answer } from '@/parts/states';
import { whole } from '@/parts/words';
import { useBoard } from '@/wire/getBoard';
import { useMoveCase } from '@/wire/moveCase';
import { usePullBest } from '@/wire/pullBest';
import { usePullCase } from '@/wire/pullCase';
import type { Board, Card, Finding, Lane } from '@/wire/types';
import './board.css';
import { BoardEmpty } from './BoardEmpty';
import { CardView } from './CardView';
import { ClosedLane } from './ClosedLane';
import { LaneView } from './LaneView';
import { useBoardKeys } from './useBoardKeys';
import { useHeldBoard } from './useHeldBoard';

export default function BoardPage() {
  const board = useBoard();
  return (
    <Answer of={board} what="the board">
      {(b) => <BoardView board={b} />}
    </Answer>
  );
}

function BoardView({ board }: { board: Board }) {
  const go = useNavigate();
  const { shown, held, hold, release, letThrough } = useHeldBoard(board);
  const [chosen, choose] = useState<string | null>(null);
  const [dragged, setDragged] = useState<Card | null>(null);
  const [wish, setWish] = useState<MoveWish | null>(null);
  const [refused, setRefused] = useState<Finding[]>([]);
  const move = useMoveCase();
  const pullCase = usePullCase();
  const pullBest = usePullBest();
  const sensors = useSensors(useSensor(PointerSensor, { activationConstraint: { distance: 7 } }));

  const open = useCallback(
    (card: Card, act?: string) => void go({ to: '/cases/$caseId', params: { caseId: card.caseId }, search: act ? { act } : {} }),
    [go],
  );
  const settled = useCallback(() => {
    setRefused([]);
    letThrough();
  }, [letThrough]);

  const take = (card: Card) =>
    pullCase.mutate(
      { caseId: card.caseId },
      { onSuccess: settled, onError: (why) => setWish({ card, pull: true, refused: findingsOf(why) }) },
    );
  const put = (card: Card, to: Lane) => {
    if (to === card.lane) return;
    if (to === 'closed') return open(card, 'close');
    if (card.lane === 'new' && to === 'triage') return take(card);
    move.mutate(
      { caseId: card.caseId, to, why: '' },
      { onSuccess: settled, onError: (why) => setWish({ card, to, refused: findingsOf(why) }) },
    );
  };
  const pullNext = () =>
    pullBest.mutate(undefined, {
      onSuccess: (card) => {
        settled();
        choose(card.caseId);
      },
      onError: (why) => setRefused(findingsOf(why)),
    });

  const openLanes = shown.lanes.filter((l) => l.lane !== 'closed');
  useBoardKeys({ lanes: openLanes, chosen, choose, open, take, pullNext, release, move: (card) => setWish({ card }) });

  const start = (e: DragStartEvent) => setDragged((e.active.data.current?.card as Card | undefined) ?? null);
  const end = (e: DragEndEvent) => {
    const card = dragged;
    setDragged(null);
    if (card && e.over) put(card, e.over.id as Lane);
  };
  const totalOf = (lane: Lane) => {
    const l = board.lanes.find((x) => x.lane === lane);
    return l ? Math.max(l.total ?? 0, l.cards.length) : 0;
  };
  const total = openLanes.reduce((n, l) => n + totalOf(l.lane), 0);
  const closed = board.lanes.find((l) => l.lane === 'closed');
  return (
    <div className="page board">
      <header className="page-head">
        <h1>Board</h1>
        <Tooltip label="Cards in all open lanes, ordered by priority in each.">
          <span className="dim">
            <Link to="/cases" search={{ state: 'open' }} className="numlink">
              {whole(total)} open
            </Link>
          </span>
        </Tooltip>
        <Tooltip label="Hits of rules in the testing queue, last 24 h. They are counted and shown with their rules; they make no case.">
          <Link to="/rules" search={{ queue: 'testing' }} className="dim">
            <span className="numlink">{whole(board.testing.hits24h)}</span> testing hits, 24 h
          </Link>
        </Tooltip>
        <div className="grow" />
        {shown.moved > 0 && (
          <button
            type="button"
            className="bare pill"
            onClick={release}
            title="The order waits while your pointer is over the board. Click, press Space, or move away."
          >
            {shown.moved} moved <span className="kbd">Space</span>
          </button>
        )}
        <Button onClick={pullNext} loading={pullBest.isPending} title="Take the best card you may take (p)">
          Pull next
        </Button>
      </header>
      {refused.length > 0 && (
        <div className="board-refused">
          <FindingList findings={refused} />
          <Button variant="subtle" color="gray" onClick={() => setRefused([])}>
            Dismiss
          </Button>
        </div>
      )}
      {total === 0 ? (
        <BoardEmpty closed24h={board.closed24h} />
      ) : (
        <DndContext
          sensors={sensors}
          collisionDetection={pointerWithin}
          onDragStart={start}
          onDragEnd={end}
          onDragCancel={() => setDragged(null)}
        >
          <div className="lanes" onPointerEnter={() => hold(true)} onPointerLeave={() => !dragged && hold(false)}>
            {openLanes.map(({ lane, cards }) => (
              <LaneView
                key={lane}
                lane={lane}
                cards={cards}
                total={totalOf(lane)}
                limit={board.lanes.find((l) => l.lane === lane)?.limit ?? null}
                chosen={chosen}
                onChoose={choose}
                still={held}
              />
            ))}
            <ClosedLane count={closed ? Math.max(closed.total ?? 0, closed.cards.length) : 0} closed24h={board.closed24h} />
          </div>
          <DragOverlay dropAnimation={null}>{dragged && <CardView card={dragged} overlay />}</DragOverlay>
        </DndContext>
      )}
      <MoveDialog wish={wish} close={() => setWish(null)} done={settled} />
    </div>
  );
}
