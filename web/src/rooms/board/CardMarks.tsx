import { Tooltip } from '@mantine/core';
import { IconHourglass, IconMoon, IconTool } from '@tabler/icons-react';
import { classWords } from '@/parts/classWords';
import { useNow } from '@/parts/TimeText';
import { span, utc } from '@/parts/time';
import { many } from '@/parts/words';
import type { Card } from '@/wire/types';

/** What a clock on a card says, whoever keeps it. */
export interface CardClock {
  name: string;
  withinMs: number;
  remainingMs: number;
  dueMs?: number;
  condition?: string;
  legal?: { source: string; doneMs?: number };
}

const clocksOf = (card: Card, now: number): CardClock[] => {
  const kept = ((card as { clocks?: CardClock[] }).clocks ?? []).filter((c) => !c.legal);
  const { dueMs, dueSetMs } = card.service;
  if (typeof dueMs !== 'number') return kept;
  return [{ name: 'date', withinMs: Math.max(1, dueMs - (dueSetMs ?? dueMs)), remainingMs: dueMs - now }, ...kept];
};

/** The nearest date that a law sets and that is still open. */
const lawOf = (card: Card) =>
  ((card as { clocks?: CardClock[] }).clocks ?? [])
    .filter((c) => c.legal && c.legal.doneMs === undefined)
    .sort((a, b) => (a.dueMs ?? 0) - (b.dueMs ?? 0))[0];

/** Class, planned work, the nearest clock, waiting outside, sleep, requests: small, each with its words. */
export function CardMarks({ card }: { card: Card }) {
  const now = useNow(30_000);
  const { service } = card;
  const clock = clocksOf(card, now).sort((a, b) => a.remainingMs - b.remainingMs)[0];
  const law = lawOf(card);
  const tasks = card as { tasksDone?: number; tasksTotal?: number };
  return (
    <>
      {service.class !== 'standard' && (
        <Tooltip label={`${classWords[service.class].word}: ${service.classWhy}. ${classWords[service.class].meaning}`}>
          <span className={`cls cls-${service.class}`}>{service.work ?? classWords[service.class].word.toLowerCase()}</span>
        </Tooltip>
      )}
      {law && (
        <Tooltip label={`${law.legal?.source}: ${law.name}, due ${utc(law.dueMs ?? 0, false)}. Nothing holds this clock.`}>
          <span className={`law${(law.dueMs ?? 0) < now ? ' late' : ''}`}>
            § {(law.dueMs ?? 0) < now ? `${span(now - (law.dueMs ?? 0))} late` : `${span((law.dueMs ?? 0) - now)} left`}
          </span>
        </Tooltip>
      )}
      {clock && <Ring clock={clock} />}
      {service.waiting && (
        <Tooltip
          label={`Waits for ${service.waiting.on}: ${service.waiting.why}. Outside for ${span(service.waiting.outsideMs)}, not Response's time.`}
        >
          <span className="mark-out">
            <IconHourglass size={12} stroke={1.7} aria-hidden /> {span(now - service.waiting.sinceMs).replace(/^(\d+ (?:h|d)) .*/, '$1')}
          </span>
        </Tooltip>
      )}
      {service.asleep && (
        <Tooltip
          label={`Asleep until ${utc(service.asleep.untilMs)}, or until its next alert: ${service.asleep.why} (${service.asleep.by})`}
        >
          <span className="mark-out">
            <IconMoon size={12} stroke={1.7} aria-label="asleep" />
          </span>
        </Tooltip>
      )}
      {service.requests > 0 && (
        <Tooltip label={`${many(service.requests, 'request')} to Operations not verified yet.`}>
          <span className="mark-out">
            <IconTool size={12} stroke={1.7} aria-label="requests" /> {service.requests}
          </span>
        </Tooltip>
      )}
      {!!tasks.tasksTotal && (
        <Tooltip label={`${tasks.tasksDone ?? 0} of ${many(tasks.tasksTotal, 'task')} done.`}>
          <span className="taskbar">
            <i style={{ width: `${(100 * (tasks.tasksDone ?? 0)) / tasks.tasksTotal}%` }} />
            <span>
              {tasks.tasksDone ?? 0}/{tasks.tasksTotal}
            </span>
          </span>
        </Tooltip>
      )}
    </>
  );
}

/** How much of the time is left: a ring, and the words for who does not see it. */
function Ring({ clock }: { clock: CardClock }) {
  const late = clock.remainingMs < 0;
  const left = Math.max(0, Math.min(1, clock.remainingMs / clock.withinMs));
  const words = late ? `${span(-clock.remainingMs)} late` : `${span(clock.remainingMs)} left`;
  return (
    <Tooltip label={`Clock ${clock.name}: ${words} of ${span(clock.withinMs)}.`}>
      <span className={`ring${late ? ' late' : left < 0.25 ? ' near' : ''}`}>
        <svg width="13" height="13" viewBox="0 0 14 14" aria-hidden>
          <circle cx="7" cy="7" r="5.5" />
          <circle
            cx="7"
            cy="7"
            r="5.5"
            className="left"
            pathLength="1"
            strokeDasharray={`${late ? 1 : left} 1`}
            transform="rotate(-90 7 7)"
          />
        </svg>
        {words.replace(/^(\d+ (?:h|d)) .* (left|late)$/, '$1 $2')}
      </span>
    </Tooltip>
  );
}
