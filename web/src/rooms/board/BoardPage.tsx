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
import { Button } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect, useRef, useState } from 'react';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { MoveDialog, type MoveWish } from '@/parts/MoveDialog';
import { RequestDialog } from '@/parts/RequestDialog';
import { Answer, EmptyState } from '@/parts/states';
import { useBoard } from '@/wire/getBoard';
import { useSession } from '@/wire/getSession';
import { useMoveCase } from '@/wire/moveCase';
import { usePullBest } from '@/wire/pullBest';
import { usePullCase } from '@/wire/pullCase';
import type { Board, Card, Finding, Lane } from '@/wire/types';
import { ActDialog, type ActWish } from './ActDialog';
import './board.css';
import { useCardAct } from '@/wire/cardAct';
import { BoardEmpty } from './BoardEmpty';
import { BoardHead } from './BoardHead';
import { BulkBar } from './BulkBar';
import type { CardWish } from './CardMenu';
import { CardView } from './CardView';
import { ClosedLane } from './ClosedLane';
import { FilterBar } from './FilterBar';
import { FlowLine } from './FlowLine';
import './flow.css';
import { LaneView } from './LaneView';
import { PlanDialog } from './PlanDialog';
import { SwimToggle } from './SwimToggle';
import { nextSwim, type Swim, swum } from './swim';
import { useBoardKeys } from './useBoardKeys';
import { useHeldBoard } from './useHeldBoard';

export default function BoardPage() {
  const go = useNavigate();
  const session = useSession().data;
  // Operations have no cases to see; what they have to do stands in the inbox.
  const onlyOperations = session?.roles.length === 1 && session.roles[0] === 'operations';
  useEffect(() => {
    if (onlyOperations) void go({ to: '/inbox', replace: true });
  }, [onlyOperations, go]);
  return onlyOperations ? null : <Asked />;
}

function Asked() {
  const { filter, lanes } = useSearch({ from: '/board' });
  const board = useBoard(filter);
  return (
    <Answer of={board} what="the board">
      {(b) => (
        <BoardView
          board={b}
          filter={filter}
          swim={lanes}
          shows={board.isPlaceholderData ? '' : (filter ?? '')}
          fresh={!board.isFetching && !board.isPlaceholderData}
        />
      )}
    </Answer>
  );
}

interface Shown {
  board: Board;
  filter?: string;
  swim?: Swim;
  /** The filter of the cards in hand; the address may already ask for another. */
  shows: string;
  fresh: boolean;
}

function BoardView({ board, filter, swim, shows, fresh }: Shown) {
  const go = useNavigate();
  const { shown, held, hold, release, letThrough } = useHeldBoard(board, shows, filter ?? '', fresh);
  const [chosen, choose] = useState<string | null>(null);
  const [dragged, setDragged] = useState<Card | null>(null);
  const [wish, setWish] = useState<MoveWish | null>(null);
  const [act, setAct] = useState<ActWish | null>(null);
  const [asking, setAsking] = useState<Card | null>(null);
  const [planning, plan] = useState(false);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [refused, setRefused] = useState<Finding[]>([]);
  const [given, setGiven] = useState<Card | null>(null);
  const move = useMoveCase();
  const pullCase = usePullCase();
  const pullBest = usePullBest();
  const quick = useCardAct();
  const sensors = useSensors(useSensor(PointerSensor, { activationConstraint: { distance: 7 } }));

  const open = useCallback(
    (card: Card, what?: string) => void go({ to: '/cases/$caseId', params: { caseId: card.caseId }, search: what ? { act: what } : {} }),
    [go],
  );
  const set = useCallback(
    (next: string | undefined) => void go({ to: '/board', search: { filter: next, lanes: swim }, replace: true }),
    [go, swim],
  );
  const part = (by: Swim | undefined) => void go({ to: '/board', search: { filter, lanes: by }, replace: true });
  const settled = useCallback(() => {
    setRefused([]);
    letThrough();
  }, [letThrough]);

  const take = (card: Card) =>
    pullCase.mutate(
      { caseId: card.caseId },
      { onSuccess: settled, onError: (why) => setWish({ card, pull: true, refused: findingsOf(why) }) },
    );
  const end = (card: Card) => (card.service.work ? setAct({ card, act: 'done' }) : open(card, 'close'));
  const put = (card: Card, to: Lane) => {
    if (to === card.lane) return;
    if (to === 'closed') return end(card);
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
        setGiven(card);
        choose(card.caseId);
      },
      onError: (why) => setRefused(findingsOf(why)),
    });
  const select = (card: Card) =>
    setSelected((now) => {
      const next = new Set(now);
      if (!next.delete(card.caseId)) next.add(card.caseId);
      return next;
    });
  const now = (card: Card, what: 'resume' | 'wake') =>
    quick.mutate({ caseId: card.caseId, act: what, with: {} }, { onSuccess: settled, onError: (why) => setRefused(findingsOf(why)) });
  const acts: Record<CardWish, (card: Card) => void> = {
    take,
    move: (card) => setWish({ card }),
    route: (card) => setAct({ card, act: 'route' }),
    class: (card) => setAct({ card, act: 'class' }),
    ask: setAsking,
    wait: (card) => (card.service.waiting ? now(card, 'resume') : setAct({ card, act: 'wait' })),
    snooze: (card) => (card.service.asleep ? now(card, 'wake') : setAct({ card, act: 'snooze' })),
    close: end,
    select,
  };
  const actsNow = useRef(acts);
  actsNow.current = acts;
  const onWish = useCallback((card: Card, what: CardWish) => actsNow.current[what](card), []);
  const openLanes = swum(
    shown.lanes.filter((l) => l.lane !== 'closed'),
    swim,
  );
  const clear = () => setSelected(new Set());
  useBoardKeys({
    lanes: openLanes,
    chosen,
    choose,
    open,
    acts,
    pullNext,
    release,
    plan: () => plan(true),
    clear,
    swim: () => part(nextSwim(swim)),
  });

  const start = (e: DragStartEvent) => setDragged((e.active.data.current?.card as Card | undefined) ?? null);
  const drop = (e: DragEndEvent) => {
    const card = dragged;
    setDragged(null);
    if (card && e.over) put(card, e.over.id as Lane);
  };
  const laneOf = (lane: Lane) => board.lanes.find((l) => l.lane === lane);
  const cards = new Map(board.lanes.flatMap((l) => l.cards.map((c) => [c.caseId, c] as const)));
  const closed = laneOf('closed');
  return (
    <div className="page board">
      <BoardHead
        board={board}
        moved={shown.moved}
        given={given}
        forget={() => setGiven(null)}
        release={release}
        pullNext={pullNext}
        pulling={pullBest.isPending}
        plan={() => plan(true)}
      />
      <FlowLine flow={board.flow} set={set} />
      <div className="row wrap filter-row">
        <div className="grow">
          <FilterBar filter={filter} flow={board.flow} set={set} />
        </div>
        <SwimToggle swim={swim} set={part} />
      </div>
      {refused.length > 0 && (
        <div className="board-refused">
          <FindingList findings={refused} />
          <Button variant="subtle" color="gray" onClick={() => setRefused([])}>
            Dismiss
          </Button>
        </div>
      )}
      {board.flow.open === 0 ? (
        <BoardEmpty closed24h={board.closed24h} />
      ) : board.flow.shown === 0 && filter ? (
        <EmptyState title="No card fits this filter">
          <p>{board.flow.open} open cards are there. Remove a token, or show all.</p>
          <Button variant="default" onClick={() => set(undefined)}>
            Show all
          </Button>
        </EmptyState>
      ) : (
        <DndContext
          sensors={sensors}
          collisionDetection={pointerWithin}
          onDragStart={start}
          onDragEnd={drop}
          onDragCancel={() => setDragged(null)}
        >
          <div className="lanes" onPointerEnter={() => hold(true)} onPointerLeave={() => !dragged && hold(false)}>
            {openLanes.map(({ lane, cards }) => (
              <LaneView
                key={lane}
                lane={lane}
                cards={cards}
                total={laneOf(lane)?.total ?? 0}
                load={laneOf(lane)?.load ?? 0}
                hidden={laneOf(lane)?.hidden ?? 0}
                swim={swim}
                limit={laneOf(lane)?.limit ?? null}
                chosen={chosen}
                onChoose={choose}
                selected={selected}
                wish={onWish}
                still={held}
              />
            ))}
            <ClosedLane count={closed ? Math.max(closed.total ?? 0, closed.cards.length) : 0} closed24h={board.closed24h} />
          </div>
          <DragOverlay dropAnimation={null}>{dragged && <CardView card={dragged} overlay />}</DragOverlay>
        </DndContext>
      )}
      <BulkBar
        selected={[...selected]}
        domains={board.flow.allDomains}
        numberOf={(id) => (cards.has(id) ? `#${cards.get(id)?.number}` : id)}
        clear={clear}
        keep={(ids) => setSelected(new Set(ids))}
        done={settled}
      />
      <MoveDialog wish={wish} close={() => setWish(null)} done={settled} />
      <ActDialog wish={act} domains={board.flow.allDomains} close={() => setAct(null)} done={settled} />
      <RequestDialog card={asking} close={() => setAsking(null)} />
      <PlanDialog opened={planning} domains={board.flow.allDomains} close={() => plan(false)} done={settled} />
    </div>
  );
}
