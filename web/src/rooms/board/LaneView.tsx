import { useDraggable, useDroppable } from '@dnd-kit/core';
import { Tooltip } from '@mantine/core';
import { memo, useRef } from 'react';
import { Boundary } from '@/parts/Boundary';
import { laneWords, many } from '@/parts/words';
import type { Card, Lane } from '@/wire/types';
import { CardView } from './CardView';
import { useGlide } from './useGlide';

interface Props {
  lane: Lane;
  cards: Card[];
  /** All cards of the lane, also those that the server did not send. */
  total: number;
  limit: number | null;
  chosen: string | null;
  onChoose: (caseId: string) => void;
  still: boolean;
}

export function LaneView({ lane, cards, total, limit, chosen, onChoose, still }: Props) {
  const { setNodeRef, isOver, active } = useDroppable({ id: lane });
  const list = useRef<HTMLDivElement>(null);
  useGlide(list, cards.map((c) => c.caseId).join(), still);
  const { title, meaning } = laneWords[lane];
  const over = limit !== null && total > limit;
  const full = limit !== null && total === limit;
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
              : `${many(total, 'card')} of at most ${limit}. ${over ? 'Over the limit: finish something first.' : full ? 'Full.' : ''}`
          }
        >
          <span className={`wip${over ? ' over' : full ? ' full' : ''}`}>
            {total}
            {limit !== null && <span className="faint"> / {limit}</span>}
            {over && ' over'}
          </span>
        </Tooltip>
      </header>
      {limit !== null && (
        <div className="wip-bar" aria-hidden>
          {Array.from({ length: Math.max(limit, cards.length) }, (_, i) => (
            <i key={i} className={i < cards.length ? (i >= limit ? 'over' : 'on') : ''} />
          ))}
        </div>
      )}
      <div ref={list} className="lane-cards scroll">
        {cards.map((card) => (
          <Boundary key={card.caseId} what={`Card ${card.number ?? ''}`} reset={card}>
            <DragCard card={card} on={card.caseId === chosen} onChoose={onChoose} />
          </Boundary>
        ))}
        {cards.length === 0 && <p className="lane-meaning">{meaning}</p>}
        {total > cards.length && <div className="faint lane-rest">{many(total - cards.length, 'more card')}, of lower priority</div>}
      </div>
    </section>
  );
}

const DragCard = memo(function DragCard({ card, on, onChoose }: { card: Card; on: boolean; onChoose: (caseId: string) => void }) {
  const { setNodeRef, listeners, isDragging } = useDraggable({ id: card.caseId, data: { card } });
  return (
    <div
      ref={setNodeRef}
      data-case={card.caseId}
      className={`card-slot${isDragging ? ' away' : ''}`}
      onPointerDownCapture={() => onChoose(card.caseId)}
      {...listeners}
    >
      <CardView card={card} on={on} />
    </div>
  );
});
