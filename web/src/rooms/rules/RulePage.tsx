import { Link, useParams } from '@tanstack/react-router';
import { useCallback } from 'react';
import { Chart, type Ink, timeAxis, tooltipBase, valueAxis } from '@/parts/Chart';
import { FindingList } from '@/parts/FindingView';
import { Hostile } from '@/parts/Hostile';
import { kqlText } from '@/parts/kql';
import { LevelMark } from '@/parts/LevelMark';
import { Panel } from '@/parts/Panel';
import { Answer } from '@/parts/states';
import { TimeText } from '@/parts/TimeText';
import { utcDay } from '@/parts/time';
import { whole } from '@/parts/words';
import { useRule } from '@/wire/getRule';
import type { RuleDetail } from '@/wire/types';
import { RuleActs } from './RuleActs';
import './rules.css';

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
  const alerts = (last: string) => ({ q: `Alerts\n| where rule_id == ${kqlText(rule.ruleId)}`, last });
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
        {!rule.enabled && <span className="tag amber">switched off</span>}
        <div className="grow" />
        <RuleActs key={`${rule.queue}${rule.enabled}`} rule={rule} />
      </header>
      <div className="page-body scroll">
        <div className="split">
          <div className="stack" style={{ gap: 14 }}>
            <Panel
              title="Hits per day, UTC"
              aside={
                <span className="dim">
                  <Link className="numlink" to="/search" search={alerts('24h')}>
                    {whole(rule.hits24h)}
                  </Link>{' '}
                  in 24 h, {whole(rule.hitsTotal)} in all, last <TimeText ms={rule.lastHitMs} form="ago" />
                </span>
              }
            >
              <HitsChart hits={rule.hitsPerDay} />
            </Panel>
            {rule.findings.length > 0 && (
              <Panel title="Findings">
                <FindingList findings={rule.findings} />
              </Panel>
            )}
            <Panel title="YAML" aside={<span className="faint">as loaded</span>}>
              <pre className="code rule-yaml">
                <Hostile text={rule.yaml} lines />
              </pre>
            </Panel>
          </div>
          <Panel title="About">
            <p style={{ margin: '0 0 12px', overflowWrap: 'anywhere' }}>
              <Hostile text={rule.description} lines />
            </p>
            <dl className="kv">
              <dt>Author</dt>
              <dd>
                <Hostile text={rule.author} />
              </dd>
              <dt>Licence</dt>
              <dd>{rule.license || <span className="faint">not stated</span>}</dd>
              <dt>Status</dt>
              <dd>{rule.status}</dd>
              <dt>Log</dt>
              <dd>{[rule.product, rule.category, rule.service].filter(Boolean).join(' · ')}</dd>
              <dt>Tags</dt>
              <dd className="row wrap" style={{ gap: 4 }}>
                {rule.tags.map((t) => (
                  <span key={t} className="tag">
                    <Hostile text={t} />
                  </span>
                ))}
              </dd>
              <dt>Id</dt>
              <dd className="mono">{rule.ruleId}</dd>
              {rule.falsePositives.length > 0 && (
                <>
                  <dt>False positives</dt>
                  <dd>
                    {rule.falsePositives.map((t) => (
                      <div key={t}>
                        <Hostile text={t} />
                      </div>
                    ))}
                  </dd>
                </>
              )}
              {rule.references.length > 0 && (
                <>
                  <dt>References</dt>
                  <dd>
                    {rule.references.map((r) => (
                      <Reference key={r} address={r} />
                    ))}
                  </dd>
                </>
              )}
            </dl>
          </Panel>
        </div>
      </div>
    </div>
  );
}

/** A rule's author wrote the address: only web addresses become links. */
function Reference({ address }: { address: string }) {
  if (!/^https?:\/\//i.test(address))
    return (
      <div className="mono">
        <Hostile text={address} />
      </div>
    );
  return (
    <div>
      <a className="link" href={address} target="_blank" rel="noreferrer noopener nofollow">
        <Hostile text={address} />
      </a>
    </div>
  );
}

function HitsChart({ hits }: { hits: { dayMs: number; count: number }[] }) {
  const draw = useCallback(
    (c: Ink) => ({
      grid: { left: 44, right: 8, top: 10, bottom: 22 },
      xAxis: timeAxis(c),
      yAxis: { ...valueAxis(c), minInterval: 1 },
      tooltip: {
        ...tooltipBase(c),
        trigger: 'axis',
        formatter: (p: { value: [number, number] }[]) => (p[0] ? `${whole(p[0].value[1])} hits on ${utcDay(p[0].value[0])} UTC` : ''),
      },
      series: [
        {
          type: 'bar',
          barCategoryGap: '18%',
          barMaxWidth: 36,
          itemStyle: { color: c.dim },
          emphasis: { itemStyle: { color: c.amber } },
          data: hits.map((h) => [h.dayMs, h.count]),
        },
      ],
    }),
    [hits],
  );
  if (hits.every((h) => h.count === 0))
    return (
      <p className="dim" style={{ margin: '6px 0' }}>
        It has not matched in this time. Check that a source of its log sends, and that a test fires it.
      </p>
    );
  return <Chart draw={draw} height={150} label="Hits per day" />;
}
