import { Tooltip } from '@mantine/core';
import { IconCircleCheck, IconCircleX, IconHandStop, IconHelpHexagon, IconLink, IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import { EntityChip, inOrder } from '@/parts/EntityChip';
import { Hostile } from '@/parts/Hostile';
import { LevelMark } from '@/parts/LevelMark';
import { Priority } from '@/parts/Priority';
import { withheld } from '@/parts/pseudonym';
import { Sparkline } from '@/parts/Sparkline';
import { TacticStrip } from '@/parts/TacticStrip';
import { TimeText } from '@/parts/TimeText';
import { many, reasonText, runWords, short, whole } from '@/parts/words';
import type { Card, RunState } from '@/wire/types';
import { CardMarks } from './CardMarks';

const runIcons: Record<RunState, typeof IconPlayerPlay> = {
  running: IconPlayerPlay,
  waiting: IconHandStop,
  succeeded: IconCircleCheck,
  failed: IconCircleX,
  cancelled: IconPlayerStop,
  inDoubt: IconHelpHexagon,
};

interface Props {
  card: Card;
  on?: boolean;
  overlay?: boolean;
  menu?: React.ReactNode;
}

export const CardView = memo(function CardView({ card, on = false, overlay = false, menu }: Props) {
  const run = card.runs?.at(-1);
  return (
    <div className={`card band-${card.level}${on ? ' on' : ''}${overlay ? ' overlay' : ''}`}>
      <Tooltip
        label={`Priority ${card.priority.toFixed(1)} of 100: what the signals say, times stage, impact and exposure. Open the card to see the sum.`}
      >
        <span>
          <Priority value={card.priority} />
        </span>
      </Tooltip>
      <div className="card-main">
        <div className="card-top">
          <LevelMark level={card.level} />
          <span className="faint">#{card.number}</span>
          <Tooltip label={`Domain. ${card.service.routed ?? ''}`}>
            <span className="faint cut card-domain">{card.domain}</span>
          </Tooltip>
          <span className="grow" />
          {card.owner ? (
            <Tooltip label={`Owner: ${card.owner}`}>
              <span className="owner">{card.owner.slice(0, 2)}</span>
            </Tooltip>
          ) : (
            <TimeText ms={card.openedMs} form="since" />
          )}
          {menu}
        </div>
        <Link to="/cases/$caseId" params={{ caseId: card.caseId }} className="card-title" draggable={false}>
          <Hostile text={card.title} max={140} />
        </Link>
        <div className="card-chips">
          {inOrder(card.entities)
            .slice(0, 3)
            .map((e) => (
              <EntityChip key={`${e.kind}:${e.value}`} kind={e.kind} value={e.value} seenIn={e.seenIn} />
            ))}
          <TacticStrip tactics={card.tactics} />
        </div>
        <div className="card-marks">
          <CardMarks card={card} />
        </div>
        <div className="card-nums">
          <Tooltip
            label={`${many(card.alerts, 'alert')} folded into ${many(card.signals, 'signal')}; bars: alerts per hour of the last 24 h, root scale.`}
          >
            <Link
              to="/cases/$caseId"
              params={{ caseId: card.caseId }}
              search={{ tab: 'alerts' }}
              className="row"
              style={{ gap: 6 }}
              draggable={false}
            >
              <span>
                {short(card.alerts)} {card.alerts === 1 ? 'alert' : 'alerts'}
              </span>
              <Sparkline values={card.spark} width={54} height={14} label={`${whole(card.alerts)} alerts in 24 h`} />
            </Link>
          </Tooltip>
          <span className="grow" />
          {card.relatedTo.length > 0 && (
            <Tooltip
              label={`Shares something rare with ${many(card.relatedTo.length, 'open case')}; what belongs together is pulled together.`}
            >
              <span className="faint mark-out">
                <IconLink size={12} stroke={1.7} aria-label="related" /> {card.relatedTo.length}
              </span>
            </Tooltip>
          )}
          {run && <RunMark state={run.state} />}
        </div>
        {card.reason && (
          <div className="card-reason">
            <Shift delta={card.lastDelta} /> {card.reason !== withheld && <Hostile text={reasonText(card.reason)} max={140} />}
          </div>
        )}
      </div>
    </div>
  );
});

function RunMark({ state }: { state: RunState }) {
  const Icon = runIcons[state] ?? IconPlayerPlay;
  return (
    <Tooltip label={`Playbook: ${runWords[state] ?? state}`}>
      <span className={`runmark run-${state}`}>
        <Icon size={14} stroke={1.7} aria-label={`Playbook ${runWords[state]}`} />
        {state === 'inDoubt' || state === 'failed' || state === 'waiting' ? <span>{state === 'inDoubt' ? 'in doubt' : state}</span> : null}
      </span>
    </Tooltip>
  );
}

/** Last move of the priority, in points. */
function Shift({ delta }: { delta: number }) {
  const points = Math.round(Math.abs(delta));
  if (points === 0) return <span className="faint">·</span>;
  return (
    <span className={delta > 0 ? 'rise' : 'fall'} title={`Priority ${delta > 0 ? 'rose' : 'fell'} by ${points}`}>
      {delta > 0 ? '↑' : '↓'}
      {points}
    </span>
  );
}
