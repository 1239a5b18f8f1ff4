import { Link } from '@tanstack/react-router';
import { FactLink } from '@/parts/FactLink';
import { Hostile } from '@/parts/Hostile';
import { LevelMark } from '@/parts/LevelMark';
import { Panel } from '@/parts/Panel';
import { withheld } from '@/parts/pseudonym';
import { RuleLink } from '@/parts/RuleLink';
import { TimeText } from '@/parts/TimeText';
import { span } from '@/parts/time';
import { discoveries, many, tacticWord, verdictWords, whole } from '@/parts/words';
import type { CaseView, Closed } from '@/wire/types';
import { AttackRow } from './AttackRow';
import { HistoryChart } from './HistoryChart';
import { Related } from './Related';
import { ReportPanel } from './ReportPanel';
import { WhyBar } from './WhyBar';
import { WhyTable } from './WhyTable';

export function Overview({ view }: { view: CaseView }) {
  const { why, card } = view;
  const would = why.wouldChange.filter((text) => text !== withheld);
  return (
    <div className="case-overview">
      {view.closed && <ClosedPanel closed={view.closed} view={view} />}
      <ReportPanel caseId={card.caseId} work={view.work} />
      <Panel title="Why it is on top" aside={<span className="faint">ln odds = ln(eᴸ − 1) + ln K + ln I + ln X</span>}>
        <WhyBar why={why} />
        <div className="why-grid">
          <WhyTable why={why} priority={card.priority} />
          <div>
            <div className="label">Evidence, by signal</div>
            <Shares view={view} />
            {would.length > 0 && (
              <>
                <div className="label" style={{ marginTop: 14 }}>
                  What would change it
                </div>
                <ul className="would">
                  {would.map((text) => (
                    <li key={text}>
                      <Hostile text={text} />
                    </li>
                  ))}
                </ul>
              </>
            )}
          </div>
        </div>
      </Panel>
      <AttackRow work={view.work} />
      <Panel
        title="Priority over time"
        aside={<span className="faint">UTC; {many(view.history.length, 'move')}; click a point for its fact</span>}
      >
        <HistoryChart history={view.history} />
      </Panel>
      <Panel
        title="Signals"
        aside={<span className="faint">{whole(card.alerts)} alerts, folded; each signal joined for a reason that is kept</span>}
        flush
      >
        <Signals view={view} />
      </Panel>
      <Related card={card} />
    </div>
  );
}

function Shares({ view }: { view: CaseView }) {
  const shares = [...view.why.shares].sort((a, b) => b.share - a.share);
  const max = Math.max(0.01, ...shares.map((s) => s.share));
  return (
    <table className="shares">
      <tbody>
        {shares.slice(0, 8).map((s) => {
          // The signal says its title also behind a mask: it says beside it which rule gave it.
          const signal = view.signals.find((x) => x.signalId === s.signalId);
          return (
            <tr key={s.signalId}>
              <td className="num">{(s.share * 100).toFixed(0)} %</td>
              <td className="shares-bar">
                <div style={{ width: `${(s.share / max) * 100}%` }} />
              </td>
              <td>
                <FactLink seq={signal?.factSeq}>
                  <Hostile text={signal?.title ?? s.title} max={80} />
                </FactLink>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Signals({ view }: { view: CaseView }) {
  return (
    <table className="plain-table signals">
      <thead>
        <tr>
          <th>Level</th>
          <th>Signal</th>
          <th>First seen, UTC</th>
          <th className="num" title="Alerts folded into this signal">
            Alerts
          </th>
          <th className="num" title="λ: the weight of this signal in the evidence L">
            λ
          </th>
          <th>Joined because</th>
          <th>Fact</th>
        </tr>
      </thead>
      <tbody>
        {view.signals.map((s) => (
          <tr key={s.signalId}>
            <td>
              <LevelMark level={s.level} />
            </td>
            <td>
              <RuleLink ruleId={s.ruleId} title={s.title} max={120} />
              <div className="faint">
                <Hostile text={s.entity} max={80} />
              </div>
            </td>
            <td className="nowrap">
              <TimeText ms={s.firstMs} form="clock" />
              <div className="faint">{s.lastMs > s.firstMs ? `for ${span(s.lastMs - s.firstMs)}` : 'once'}</div>
            </td>
            <td className="num">
              <Link className="numlink" to="/cases/$caseId" params={{ caseId: view.card.caseId }} search={{ tab: 'alerts' }}>
                {whole(s.count)}
              </Link>
            </td>
            <td className="num">{s.lambda.toFixed(3)}</td>
            <td className="dim">{s.join ? <Hostile text={s.join.text} max={220} /> : 'It opened the case.'}</td>
            <td>
              <FactLink seq={s.factSeq} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function ClosedPanel({ closed, view }: { closed: Closed; view: CaseView }) {
  const name = (id: string) => view.controls.find((c) => c.id === id)?.name ?? id;
  return (
    <Panel
      title={`Closed: ${verdictWords[closed.verdict] ?? closed.verdict}`}
      aside={
        closed.atMs ? (
          <span className="faint">
            <TimeText ms={closed.atMs} />
          </span>
        ) : undefined
      }
    >
      <dl className="kv">
        <dt>Reason</dt>
        <dd>
          <Hostile text={closed.reason} lines />
        </dd>
        <dt>Controls that failed</dt>
        <dd>{closed.controlsFailed.map(name).join(', ') || 'none'}</dd>
        {closed.earliestMissedStage && (
          <>
            <dt>Earliest missed stage</dt>
            <dd>{tacticWord(closed.earliestMissedStage)}</dd>
          </>
        )}
        <dt>Discovery</dt>
        <dd>{discoveries.find(([k]) => k === closed.discovery)?.[1] ?? closed.discovery}</dd>
        <dt>Effort</dt>
        <dd>{whole(closed.effortMinutes)} min</dd>
      </dl>
    </Panel>
  );
}
