import { Link } from '@tanstack/react-router';
import { useCallback } from 'react';
import { Chart, type Ink, timeAxis, tooltipBase, valueAxis } from '@/parts/Chart';
import { Hostile } from '@/parts/Hostile';
import { middleCut } from '@/parts/hostile';
import { kqlText } from '@/parts/kql';
import { Panel } from '@/parts/Panel';
import { RuleName } from '@/parts/RuleName';
import { TechniqueName } from '@/parts/TechniqueName';
import { TimeText, useNow } from '@/parts/TimeText';
import { span, utc } from '@/parts/time';
import { bytes, many, whole } from '@/parts/words';
import type { SourceDetail } from '@/wire/types';
import { ailmentWords } from './health';
import { Profile } from './Profile';

export function Overview({ source }: { source: SourceDetail }) {
  const now = useNow();
  const standing = source.alarms.filter((a) => !a.recovered);
  return (
    <div className="split">
      <div className="stack" style={{ gap: 14 }}>
        {standing.length > 0 && (
          <Panel title={many(standing.length, 'alarm stands', 'alarms stand')}>
            <div className="stack">
              {standing.map((a) => (
                <div key={a.alarm.alarmId} className="finding finding-error">
                  <b>
                    {ailmentWords[a.alarm.ailment]}: <Hostile text={a.alarm.title} max={200} />
                  </b>
                  <div className="hint">
                    <Hostile text={a.alarm.evidence} max={600} />
                  </div>
                  <Link className="link" to="/sources/$sourceId" params={{ sourceId: source.sourceId }} search={{ tab: 'alarms' }}>
                    Judge it
                  </Link>
                </div>
              ))}
            </div>
          </Panel>
        )}
        <Panel title="When it speaks" aside={<span className="faint">what is due in each hour of the week, beside what came</span>}>
          <Profile source={source} />
        </Panel>
        <Panel title="Events per minute" aside={<span className="faint">last 60 minutes, by time of arrival</span>}>
          <Rate source={source} now={now} />
        </Panel>
      </div>
      <div className="stack" style={{ gap: 14 }}>
        <Blind source={source} />
        <Facts source={source} />
        <Loss source={source} />
        <Findings source={source} />
      </div>
    </div>
  );
}

function Blind({ source }: { source: SourceDetail }) {
  const b = source.blind;
  return (
    <Panel title="What goes blind without it">
      {b.rules === 0 ? (
        <p className="dim">No rule in force reads it. It costs {bytes(source.bytes)} so far; see Use.</p>
      ) : (
        <div className="stack">
          <div>
            <Link className="numlink" to="/sources/$sourceId" params={{ sourceId: source.sourceId }} search={{ tab: 'use' }}>
              {many(b.rules, 'rule')}
            </Link>{' '}
            in force, <span className={b.wholly > 0 ? 'up' : undefined}>{b.wholly} of them wholly</span>;{' '}
            {many(b.techniques.length, 'ATT&CK technique')}.
          </div>
          <div className="dim techniques">
            {b.techniques.map((t, i) => (
              <span key={t}>
                {i > 0 && ', '}
                <TechniqueName id={t} />
              </span>
            ))}
          </div>
          <ul className="plain-list">
            {b.ruleIds.slice(0, 6).map((id) => (
              <li key={id}>
                <RuleName ruleId={id} />
              </li>
            ))}
            {b.rules > 6 && <li className="faint">and {b.rules - 6} more</li>}
          </ul>
          <div>
            <span className="label">Could stand in</span>
            {b.standIns.length === 0 ? (
              <div className="up">Nothing else that speaks is read by these rules.</div>
            ) : (
              <ul className="plain-list">
                {b.standIns.map((s) => (
                  <li key={s.sourceId}>
                    <Link className="numlink mono" to="/sources/$sourceId" params={{ sourceId: s.sourceId }}>
                      <Hostile text={middleCut(s.sourceId, 44)} />
                    </Link>{' '}
                    <span className="faint">{many(s.rules, 'rule')}</span>
                  </li>
                ))}
              </ul>
            )}
          </div>
        </div>
      )}
    </Panel>
  );
}

function Facts({ source }: { source: SourceDetail }) {
  const h = source.health;
  return (
    <Panel title="Facts">
      <dl className="kv">
        <dt>Key</dt>
        <dd className="mono">
          <Hostile text={source.sourceId} />
        </dd>
        <dt>Came by</dt>
        <dd>
          {source.listener} from{' '}
          <span className="mono">
            <Hostile text={source.relay || 'unknown'} max={80} />
          </span>
        </dd>
        {source.speakers.length > 0 && (
          <FactPair name="Spoken for by">
            <Speakers source={source} />
          </FactPair>
        )}
        <dt>Groups</dt>
        <dd>
          {source.groups.length === 0 ? <span className="faint">none</span> : source.groups.join(', ')}
          {source.card.tags.length > 0 && (
            <span className="faint">
              {' '}
              <Hostile text={source.card.tags.map((t) => `#${t}`).join(' ')} />
            </span>
          )}
        </dd>
        <dt>Owner</dt>
        <dd>
          {source.owner ? <Hostile text={`${source.owner}${source.unit && `, ${source.unit}`}`} /> : <span className="up">nobody</span>}
        </dd>
        <dt>First seen</dt>
        <dd>
          <TimeText ms={source.firstMs} />
        </dd>
        <dt>Last seen</dt>
        <dd>
          <TimeText ms={source.lastMs} />
        </dd>
        <dt>Events</dt>
        <dd>
          {whole(source.events)}, {bytes(source.bytes)}; {many(source.signals, 'signal')} came from it
        </dd>
        <dt>Last whole hour</dt>
        <dd>
          {whole(h.lastHour)} events;{' '}
          {h.expectedLastHour > 0 ? `about ${whole(h.expectedLastHour)} are usual` : 'not known yet what is usual'}
        </dd>
        <dt>Unread</dt>
        <dd>
          {whole(source.parseFailures)}
          {source.events > 0 && ` (${((100 * source.parseFailures) / source.events).toFixed(2)} %)`}; kept raw
        </dd>
        <dt>Delay</dt>
        <dd>
          {h.delaySeconds == null
            ? 'not known yet'
            : `19 of 20 arrive within ${h.delaySeconds < 60 ? `${h.delaySeconds.toFixed(1)} s` : span(h.delaySeconds * 1000)}`}
          {source.ailments.includes('clockSkew') && <span className="up">; its clock is wrong</span>}
        </dd>
        <dt>Shapes</dt>
        <dd>{many(h.shapes, 'known form')} of its events</dd>
        <dt>Retention</dt>
        <dd>{source.card.retention || <span className="faint">by pattern</span>}</dd>
        {source.certificates.map((c) => (
          <FactPair key={c.subjectId} name="Certificate">
            <Hostile text={c.name} max={60} /> ends <TimeText ms={c.endsMs} />
          </FactPair>
        ))}
      </dl>
    </Panel>
  );
}

/** The addresses that send in this host's name: one that nobody knew before is worth a look. */
function Speakers({ source }: { source: SourceDetail }) {
  return (
    <>
      {source.speakers.map((s) => (
        <div key={s.peer}>
          <span className="mono">
            <Hostile text={s.peer} max={60} />
          </span>{' '}
          <span className="faint">
            {many(s.events, 'event')}, last <TimeText ms={s.lastMs} />
          </span>
          {!s.known && (
            <b>
              {' '}
              new since <TimeText ms={s.firstMs} />
            </b>
          )}
        </div>
      ))}
    </>
  );
}

function FactPair({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Loss({ source }: { source: SourceDetail }) {
  const counters = source.health.counters;
  return (
    <Panel title="Loss and repeats">
      {counters.length === 0 ? (
        <p className="dim">Its sender does not count its events, so loss cannot be proven.</p>
      ) : (
        <table className="plain-table">
          <thead>
            <tr>
              <th>Counter</th>
              <th className="num">Missing</th>
              <th>Ranges told last</th>
            </tr>
          </thead>
          <tbody>
            {counters.map((c) => (
              <tr key={c.counter}>
                <td>
                  <Hostile text={c.counter} max={50} />
                  {c.restarts > 0 && <span className="faint"> {many(c.restarts, 'restart')}</span>}
                </td>
                <td className={`num${c.missing > 0 && c.proof ? ' up' : ''}`}>{whole(c.missing)}</td>
                <td className="mono">
                  {(c.ranges ?? []).slice(0, 4).map((r) => (
                    <div key={r.from}>{r.from === r.to ? r.from : `${r.from} to ${r.to}`}</div>
                  ))}
                  {c.missing > 0 && <div className="faint">{c.proof ? 'proof of loss' : 'lawful: the sender filters'}</div>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <dl className="kv" style={{ marginTop: 8 }}>
        <dt>Repeats</dt>
        <dd>{(100 * source.health.repeatShare).toFixed(2)} % of its events came before, byte for byte</dd>
        {source.health.logsCleared > 0 && (
          <FactPair name="Cleared">
            <span className="up">{many(source.health.logsCleared, 'time')} someone emptied its log</span>
          </FactPair>
        )}
      </dl>
    </Panel>
  );
}

function Findings({ source }: { source: SourceDetail }) {
  return (
    <Panel title="Findings in its records">
      {source.findings.length === 0 ? (
        <p className="dim">None.</p>
      ) : (
        <table className="plain-table">
          <tbody>
            {source.findings.map((f) => (
              <tr key={f.code}>
                <td className="mono">{f.code}</td>
                <td className="num">
                  <Link
                    className="numlink"
                    to="/search"
                    search={{
                      q: `Events\n| where log.source.id == ${kqlText(source.sourceId)} and andon.findings has ${kqlText(f.code)}`,
                      last: '24h',
                    }}
                  >
                    {whole(f.count)}
                  </Link>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

function Rate({ source, now }: { source: SourceDetail; now: number }) {
  const minute = Math.floor(now / 60_000) * 60_000;
  const draw = useCallback(
    (c: Ink) => ({
      grid: { left: 44, right: 10, top: 10, bottom: 22 },
      xAxis: timeAxis(c),
      yAxis: valueAxis(c),
      tooltip: {
        ...tooltipBase(c),
        trigger: 'axis',
        formatter: (p: { value: [number, number] }[]) =>
          p[0] ? `${whole(p[0].value[1])} events in the minute from\n${utc(p[0].value[0], false)}` : '',
      },
      series: [
        {
          type: 'bar',
          barCategoryGap: '12%',
          barMaxWidth: 36,
          itemStyle: { color: c.dim },
          emphasis: { itemStyle: { color: c.amber } },
          data: source.perMinute.map((v, i) => [minute - (source.perMinute.length - 1 - i) * 60_000, v]),
        },
      ],
    }),
    [source.perMinute, minute],
  );
  const sum = source.perMinute.reduce((a, b) => a + b, 0);
  return <Chart draw={draw} height={120} label={`Events per minute, ${many(sum, 'event')} in the last hour`} />;
}
