import { Link } from '@tanstack/react-router';
import { FactLink } from '@/parts/FactLink';
import { Hostile } from '@/parts/Hostile';
import { Panel } from '@/parts/Panel';
import { EmptyState } from '@/parts/states';
import { TimeText } from '@/parts/TimeText';
import { span, utc, utcClock } from '@/parts/time';
import { usePlaybooks } from '@/wire/getPlaybooks';
import type { CaseView, TimelineItem } from '@/wire/types';

/** What they did above, what we did below, one axis. */
export function TimelineTab({ view }: { view: CaseView }) {
  const items = [...view.timeline].sort((a, b) => a.atMs - b.atMs);
  const books = usePlaybooks().data?.playbooks;
  // The fact holds a playbook's id; people know it by its name.
  const named = (text: string) => text.replace(/playbook--[0-9a-f-]{36}/g, (id) => books?.find((b) => b.playbookId === id)?.name ?? id);
  if (items.length === 0) return <EmptyState title="Nothing has happened yet" />;
  return (
    <div className="stack" style={{ gap: 14 }}>
      <Panel title="Attack and response on one axis" aside={<span className="faint">UTC; click a mark for its line below</span>}>
        <Axis items={items} />
      </Panel>
      <Panel flush>
        <table className="plain-table timeline-list">
          <thead>
            <tr>
              <th>Time, UTC</th>
              <th>After</th>
              <th>Lane</th>
              <th>What</th>
              <th>Fact or event</th>
            </tr>
          </thead>
          <tbody>
            {items.map((t, i) => (
              <tr key={i} id={`t-${i}`}>
                <td className="nowrap mono">
                  <TimeText ms={t.atMs} />
                </td>
                <td className="nowrap faint">{i > 0 ? `+${span(t.atMs - (items[i - 1]?.atMs ?? t.atMs))}` : ''}</td>
                <td>
                  <LaneMark lane={t.lane} />
                </td>
                <td>
                  {!t.text.includes(t.kind) && <span className="faint">{t.kind} </span>}
                  <Hostile text={named(t.text)} max={400} />
                </td>
                <td className="nowrap">
                  <FactLink seq={t.factSeq} />{' '}
                  {t.eventId && (
                    <Link className="factlink" to="/search" search={{ q: `Events\n| where andon_event_id == "${t.eventId}"`, last: '30d' }}>
                      event {t.eventId}
                    </Link>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Panel>
    </div>
  );
}

function LaneMark({ lane }: { lane: TimelineItem['lane'] }) {
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

function Axis({ items }: { items: TimelineItem[] }) {
  const from = items[0]?.atMs ?? 0;
  const to = items.at(-1)?.atMs ?? from + 1;
  const long = Math.max(1000, to - from);
  const x = (ms: number) => 14 + ((ms - from) / long) * (width - 28);
  const ticks = Array.from({ length: 5 }, (_, i) => from + (long * i) / 4);
  // Marks that would overlap climb away from the axis, so that each can be met.
  const level = { attack: [] as number[], response: [] as number[] };
  const placed = items.map((t) => {
    const taken = level[t.lane];
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
      {placed.map(({ t, at, y }, i) => (
        <a
          key={i}
          href={`#t-${i}`}
          onClick={(e) => {
            e.preventDefault();
            document.getElementById(`t-${i}`)?.scrollIntoView({ block: 'center', behavior: 'smooth' });
            document.getElementById(`t-${i}`)?.animate([{ background: 'var(--amber-soft)' }, { background: 'transparent' }], 1600);
          }}
          aria-label={`${t.kind}: ${t.text}`}
        >
          <title>{`${utc(t.atMs)} ${t.kind}: ${t.text.slice(0, 120)}`}</title>
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
