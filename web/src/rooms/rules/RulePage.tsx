import { Tabs } from '@mantine/core';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { FindingList } from '@/parts/FindingView';
import { Hostile } from '@/parts/Hostile';
import { kqlText } from '@/parts/kql';
import { LevelMark } from '@/parts/LevelMark';
import { Panel } from '@/parts/Panel';
import { Answer } from '@/parts/states';
import { TimeText } from '@/parts/TimeText';
import { whole } from '@/parts/words';
import { useRule } from '@/wire/getRule';
import type { RuleDetail } from '@/wire/types';
import { BacktestPanel } from './BacktestPanel';
import { Evidence } from './Evidence';
import { HistoryPanel, TextPanel } from './HistoryPanel';
import { HitsChart } from './HitsChart';
import { healthWords, worstFirst } from './health';
import { Inside as LookInside } from './Inside';
import { PendingBox } from './PendingBox';
import { RuleAbout } from './RuleAbout';
import { RuleActs } from './RuleActs';
import { RuleSamples } from './Samples';
import { WhyPanel } from './WhyPanel';
import './rules.css';

const tabs = ['overview', 'hits', 'why', 'backtest', 'text', 'history'] as const;
const tabWords = { overview: 'Overview', hits: 'Hits', why: 'Why, why not', backtest: 'Backtest', text: 'YAML', history: 'History' };

export default function RulePage() {
  const { ruleId } = useParams({ from: '/rules/$ruleId' });
  const rule = useRule(ruleId);
  return (
    <Answer of={rule} what="the rule">
      {(r) => <Inside rule={r} />}
    </Answer>
  );
}

function Inside({ rule }: { rule: RuleDetail }) {
  const params = useSearch({ from: '/rules/$ruleId' });
  const go = useNavigate();
  const tab = tabs.find((t) => t === params.tab) ?? 'overview';
  return (
    <div className="page">
      <header className="page-head">
        <Link className="dim" to="/rules" search={{ queue: rule.queue }}>
          Rules
        </Link>
        <span className="faint">/</span>
        <h1>
          <Hostile text={rule.title} />
        </h1>
        <LevelMark level={rule.level} />
        <span className={`tag${rule.queue === 'production' ? '' : ' amber'}`}>{rule.queue}</span>
        {!rule.enabled && (
          <span className="tag amber" title={rule.off ?? undefined}>
            off
          </span>
        )}
        <div className="grow" />
        <RuleActs key={`${rule.queue}${rule.enabled}`} rule={rule} />
      </header>
      <Tabs
        value={tab}
        onChange={(t) =>
          go({
            to: '/rules/$ruleId',
            params: { ruleId: rule.ruleId },
            search: { ...params, tab: t === 'overview' ? undefined : (t ?? undefined) },
          })
        }
        px={18}
      >
        <Tabs.List>
          {tabs.map((t) => (
            <Tabs.Tab key={t} value={t}>
              {tabWords[t]} {t === 'hits' && <span className="faint">{rule.samples.length}</span>}
              {t === 'history' && <span className="faint">{rule.versions.length + rule.entries.length}</span>}
            </Tabs.Tab>
          ))}
        </Tabs.List>
      </Tabs>
      <div className="page-body scroll">
        <div className="stack" style={{ gap: 14 }}>
          {rule.pending && <PendingBox rule={rule} pending={rule.pending} />}
          {!rule.enabled && rule.off && (
            <div className="verdict-line no">
              It is off: <Hostile text={rule.off} />
            </div>
          )}
          {tab === 'overview' && <Overview rule={rule} />}
          {tab === 'hits' && <RuleSamples rule={rule} />}
          {tab === 'why' && <WhyPanel rule={rule} event={params.event ?? ''} />}
          {tab === 'backtest' && <BacktestPanel ruleId={rule.ruleId} current={rule.version} />}
          {tab === 'text' && <TextPanel rule={rule} />}
          {tab === 'history' && <HistoryPanel rule={rule} />}
        </div>
      </div>
    </div>
  );
}

function Overview({ rule }: { rule: RuleDetail }) {
  const alerts = { q: `Alerts\n| where rule_id == ${kqlText(rule.ruleId)}`, last: '24h' };
  const findings = rule.findings.filter((f) => f.code !== 'SIG110');
  return (
    <div className="split">
      <div className="stack" style={{ gap: 14 }}>
        <Panel
          title="Hits per day, UTC"
          aside={
            <span className="dim">
              <Link className="numlink" to="/search" search={alerts}>
                {whole(rule.hits24h)}
              </Link>{' '}
              in 24 h, {whole(rule.hitsTotal)} in all, last <TimeText ms={rule.lastHitMs} form="ago" />
            </span>
          }
        >
          <HitsChart hits={rule.hitsPerDay} />
        </Panel>
        {rule.health.length > 0 && (
          <Panel title="Health">
            <table className="plain-table">
              <tbody>
                {worstFirst(rule.health).map((s) => (
                  <tr key={s.mark}>
                    <td className="nowrap" style={{ width: 1 }}>
                      <span className={`tag${s.grave ? ' amber' : ''}`}>{healthWords[s.mark].word}</span>
                    </td>
                    <td>{s.text}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Panel>
        )}
        {rule.standing && <LookInside rule={rule} />}
        <Panel
          title={rule.queue === 'testing' ? 'Evidence for promotion' : 'Evidence'}
          aside={
            rule.evidence.missing.length > 0 && rule.queue === 'testing' ? (
              <span className="up">{rule.evidence.missing.length} missing</span>
            ) : undefined
          }
        >
          <Evidence of={rule.queue === 'testing' ? rule.evidence : { ...rule.evidence, missing: [] }} plain={rule.queue !== 'testing'} />
        </Panel>
        {rule.suppressed.length > 0 && (
          <Panel title="Taken back by filters">
            <table className="plain-table">
              <tbody>
                {rule.suppressed.map((s) => (
                  <tr key={s.filterId}>
                    <td className="mono">
                      <Hostile text={s.filterId} max={80} />
                    </td>
                    <td className="num">{whole(s.total)}</td>
                    <td className="dim">
                      last <TimeText ms={s.lastMs} form="ago" />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Panel>
        )}
        {findings.length > 0 && (
          <Panel title="Findings">
            <FindingList findings={findings} />
          </Panel>
        )}
      </div>
      <RuleAbout rule={rule} />
    </div>
  );
}
