import { useDraggable, useDroppable } from '@dnd-kit/core';
import { Tooltip } from '@mantine/core';
import { Fragment, memo, useRef } from 'react';
import { Boundary } from '@/parts/Boundary';
import { laneWords, many } from '@/parts/words';
import type { Card, Lane } from '@/wire/types';
import { CardMenu, type CardWish } from './CardMenu';
import { CardView } from './CardView';
import { headOver, type Swim } from './swim';
import { useGlide } from './useGlide';

interface Props {
  lane: Lane;
  cards: Card[];
  /** All cards of the lane, also those that the server did not send. */
  total: number;
  /** Cards that take a place in it, whatever the filter shows. */
  load: number;
  /** Red cards that one may not see; the limit counts them. */
  hidden: number;
  swim: Swim | undefined;
  limit: number | null;
  chosen: string | null;
  onChoose: (caseId: string) => void;
  selected: ReadonlySet<string>;
  wish: (card: Card, what: CardWish) => void;
  still: boolean;
}

export function LaneView({ lane, cards, total, load, hidden, swim, limit, chosen, onChoose, selected, wish, still }: Props) {
  const { setNodeRef, isOver, active } = useDroppable({ id: lane });
  const list = useRef<HTMLDivElement>(null);
  useGlide(list, cards.map((c) => c.caseId).join(), still);
  const { title, meaning } = laneWords[lane];
  const held = load + hidden;
  const over = limit !== null && held > limit;
  const full = limit !== null && held === limit;
  return (
    <section
      ref={setNodeRef}
      className={`lane lane-${lane}${isOver ? ' target' : ''}${active ? ' dragging' : ''}${cards.length === 0 ? ' empty' : ''}`}
      aria-label={`${title}, ${many(total, 'card')}`}
    >
      <header className="lane-head">
        <Tooltip label={meaning}>
          <h2>{title}</h2>
        </Tooltip>
        <Tooltip
          label={
            limit === null
              ? `${many(total, 'card')}; this lane has no limit.`
              : `${many(load, 'card')}${hidden > 0 ? ` and ${hidden} hidden from you` : ''} of at most ${limit}. ${over ? 'Over the limit: finish something first.' : full ? 'Full.' : ''}`
          }
        >
          <span className={`wip${over ? ' over' : full ? ' full' : ''}`}>
            {limit === null ? total : load}
            {hidden > 0 && <span className="faint"> + {hidden} hidden</span>}
            {limit !== null && <span className="faint"> / {limit}</span>}
            {over && ' over'}
          </span>
        </Tooltip>
      </header>
      {limit !== null && (
        <div className="wip-bar" aria-hidden>
          {Array.from({ length: Math.min(40, Math.max(limit, held)) }, (_, i) => (
            <i key={i} className={i < held ? (i >= limit ? 'over' : 'on') : ''} />
          ))}
        </div>
      )}
      <div ref={list} className="lane-cards scroll">
        {cards.map((card, at) => (
          <Fragment key={card.caseId}>
            <SwimHead of={headOver(cards, at, swim)} />
            <Boundary key={card.caseId} what={`Card ${card.number ?? ''}`} reset={card}>
              <DragCard card={card} on={card.caseId === chosen} picked={selected.has(card.caseId)} onChoose={onChoose} wish={wish} />
            </Boundary>
          </Fragment>
        ))}
        {cards.length === 0 && <p className="lane-meaning">{meaning}</p>}
        {total > cards.length && <div className="faint lane-rest">{many(total - cards.length, 'more card')}, of lower priority</div>}
      </div>
    </section>
  );
}

function SwimHead({ of }: { of: { word: string; count: number } | null }) {
  return (
    of && (
      <h3 className="swim-head">
        {of.word} <span className="faint">{of.count}</span>
      </h3>
    )
  );
}

interface DragProps {
  card: Card;
  on: boolean;
  picked: boolean;
  onChoose: (caseId: string) => void;
  wish: (card: Card, what: CardWish) => void;
}

const DragCard = memo(function DragCard({ card, on, picked, onChoose, wish }: DragProps) {
  const { setNodeRef, listeners, isDragging } = useDraggable({ id: card.caseId, data: { card } });
  return (
    <div
      ref={setNodeRef}
      data-case={card.caseId}
      className={`card-slot${isDragging ? ' away' : ''}${picked ? ' picked' : ''}`}
      data-picked={picked || undefined}
      onPointerDownCapture={() => onChoose(card.caseId)}
      {...listeners}
    >
      <CardView card={card} on={on} menu={<CardMenu card={card} wish={wish} />} />
    </div>
  );
});
