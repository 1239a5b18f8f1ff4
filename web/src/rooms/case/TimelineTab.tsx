import { SegmentedControl } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { FactLink } from '@/parts/FactLink';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { Hostile } from '@/parts/Hostile';
import { Panel } from '@/parts/Panel';
import { Answer, EmptyState } from '@/parts/states';
import { TimeText } from '@/parts/TimeText';
import { span, utc, utcClock } from '@/parts/time';
import { actorWord, many, whole } from '@/parts/words';
import { useFlagLine, useTimeline } from '@/wire/caseWork';
import { usePlaybooks } from '@/wire/getPlaybooks';
import type { CaseTimeline, TimelineLine } from '@/wire/workTypes';
import './work.css';

/** What they did above, what we did below, one axis. The list comes first: it is what people read. */
export function TimelineTab({ caseId }: { caseId: string }) {
  const timeline = useTimeline(caseId);
  return (
    <Answer of={timeline} what="the timeline">
      {(t) => (t.lines.length === 0 ? <EmptyState title="Nothing has happened yet" /> : <Inside caseId={caseId} timeline={t} />)}
    </Answer>
  );
}

type Which = 'all' | 'attack' | 'response' | 'marked';

function Inside({ caseId, timeline }: { caseId: string; timeline: CaseTimeline }) {
  const [which, show] = useState<Which>('all');
  const flag = useFlagLine(caseId);
  const books = usePlaybooks().data?.playbooks;
  // The fact holds a playbook's id; people know it by its name.
  const named = (text: string) => text.replace(/playbook--[0-9a-f-]{36}/g, (id) => books?.find((b) => b.playbookId === id)?.name ?? id);
  const items = useMemo(
    () => timeline.lines.filter((t) => which === 'all' || t.lane === which || (which === 'marked' && (t.flag || t.inSummary || t.mark))),
    [timeline, which],
  );
  return (
    <div className="stack" style={{ gap: 14 }}>
      <Panel title="Attack and response on one axis" aside={<span className="faint">UTC; click a mark for its line below</span>}>
        <Axis items={timeline.lines} />
      </Panel>
      <div className="row">
        <SegmentedControl
          size="xs"
          value={which}
          onChange={(v) => show(v as Which)}
          data={[
            { value: 'all', label: 'All' },
            { value: 'attack', label: 'Attack' },
            { value: 'response', label: 'Response' },
            { value: 'marked', label: 'Marked' },
          ]}
        />
        <span className="faint">
          {many(items.length, 'line')}
          {timeline.total > timeline.lines.length && ` of ${whole(timeline.total)}`}
        </span>
      </div>
      <FindingList findings={findingsOf(flag.error)} />
      <Panel flush>
        <table className="plain-table timeline-list">
          <thead>
            <tr>
              <th>Time, UTC</th>
              <th>After</th>
              <th>Lane</th>
              <th>What</th>
              <th>Who</th>
              <th>Fact or event</th>
              <th>Marks</th>
            </tr>
          </thead>
          <tbody>
            {items.map((t, i) => (
              <tr key={t.line} id={`t-${t.line}`} className={t.flag ? 'flagged' : undefined}>
                <td className="nowrap mono">
                  <TimeText ms={t.atMs} />
                </td>
                <td className="nowrap faint">{i > 0 ? `+${span(t.atMs - (items[i - 1]?.atMs ?? t.atMs))}` : ''}</td>
                <td>
                  <LaneMark lane={t.lane} />
                </td>
                <td>
                  {t.mark && <span className="tag amber">{t.mark}</span>}{' '}
                  {!t.text.includes(t.kind) && <span className="faint">{t.kind} </span>}
                  <Hostile text={named(t.text)} max={400} />
                  {t.endMs && <span className="faint"> for {span(t.endMs - t.atMs)}</span>}
                </td>
                <td className="nowrap faint">{t.actor && actorWord(t.actor)}</td>
                <td className="nowrap">
                  <FactLink seq={t.factSeq} />{' '}
                  {t.eventId && (
                    <Link className="factlink" to="/search" search={{ q: `Events\n| where andon_event_id == "${t.eventId}"`, last: '30d' }}>
                      event {t.eventId}
                    </Link>
                  )}
                </td>
                <td className="nowrap">
                  <button
                    type="button"
                    className="timeline-flag"
                    aria-pressed={t.flag}
                    aria-label="Flag this line"
                    title="Flag"
                    onClick={() => flag.mutate({ line: t.line, flag: !t.flag, inSummary: t.inSummary })}
                  >
                    ⚑
                  </button>
                  <button
                    type="button"
                    className="timeline-flag"
                    aria-pressed={t.inSummary}
                    aria-label="In the summary"
                    title="In the summary"
                    onClick={() => flag.mutate({ line: t.line, flag: t.flag, inSummary: !t.inSummary })}
                  >
                    ≡
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Panel>
    </div>
  );
}

function LaneMark({ lane }: { lane: string }) {
  return (
    <span className={`lanemark ${lane}`}>
      <svg width="9" height="9" viewBox="0 0 10 10" aria-hidden>
        {lane === 'attack' ? <path d="M5 0l5 10H0z" fill="currentColor" /> : <path d="M0 0h10L5 10z" fill="currentColor" />}
      </svg>
      {lane}
    </span>
  );
}

const width = 1000;
const middle = 62;

function Axis({ items }: { items: TimelineLine[] }) {
  const from = items[0]?.atMs ?? 0;
  const to = Math.max(from + 1, ...items.map((t) => t.endMs ?? t.atMs));
  const long = Math.max(1000, to - from);
  const x = (ms: number) => 14 + ((ms - from) / long) * (width - 28);
  const ticks = Array.from({ length: 5 }, (_, i) => from + (long * i) / 4);
  // Marks that would overlap climb away from the axis, so that each can be met.
  const level = { attack: [] as number[], response: [] as number[] };
  const placed = items.map((t) => {
    const taken = t.lane === 'attack' ? level.attack : level.response;
    const at = x(t.atMs);
    let row = taken.findIndex((last) => at - last > 11);
    if (row < 0) row = taken.length < 4 ? taken.push(at) - 1 : 3;
    taken[row] = at;
    return { t, at, y: t.lane === 'attack' ? middle - 15 - row * 12 : middle + 15 + row * 12 };
  });
  return (
    <svg viewBox={`0 0 ${width} 138`} className="axis" role="img" aria-label={`${items.length} marks over ${span(long)}`}>
      <text x="0" y="12" className="axis-word attack">
        Attack
      </text>
      <text x="0" y="120" className="axis-word response">
        Response
      </text>
      <line x1="0" x2={width} y1={middle} y2={middle} className="axis-line" />
      {ticks.map((ms, i) => (
        <g key={ms}>
          <line x1={x(ms)} x2={x(ms)} y1={middle - 3} y2={middle + 3} className="axis-line" />
          <text x={x(ms)} y="136" textAnchor={i === 0 ? 'start' : i === 4 ? 'end' : 'middle'} className="axis-tick">
            {long > 86_400_000 ? utc(ms, false) : utcClock(ms)}
          </text>
        </g>
      ))}
      {items
        .filter((t) => t.mark)
        .map((t, i) => (
          <g key={t.line} className="axis-moment">
            <title>{`${t.mark}: ${utc(t.atMs)}`}</title>
            <line x1={x(t.atMs)} x2={x(t.atMs)} y1="14" y2="124" />
            <text x={Math.min(width - 44, x(t.atMs) + 3)} y={22 + (i % 3) * 11}>
              {t.mark}
            </text>
          </g>
        ))}
      {placed.map(({ t, at, y }, i) => (
        <a
          key={i}
          href={`#t-${t.line}`}
          onClick={(e) => {
            e.preventDefault();
            document.getElementById(`t-${t.line}`)?.scrollIntoView({ block: 'center', behavior: 'smooth' });
            document.getElementById(`t-${t.line}`)?.animate([{ background: 'var(--amber-soft)' }, { background: 'transparent' }], 1600);
          }}
          aria-label={`${t.kind}: ${t.text}`}
        >
          <title>{`${utc(t.atMs)} ${t.kind}: ${t.text.slice(0, 120)}`}</title>
          {t.endMs && <rect x={at} y={y - 2} width={Math.max(2, x(t.endMs) - at)} height="4" className="axis-bar" />}
          <line x1={at} x2={at} y1={middle} y2={y} className="axis-stem" />
          <path
            d={t.lane === 'attack' ? `M${at} ${y - 5}l5.5 10h-11z` : `M${at - 5.5} ${y - 5}h11l-5.5 10z`}
            className={`axis-mark ${t.lane}`}
          />
        </a>
      ))}
    </svg>
  );
}
