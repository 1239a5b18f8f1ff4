import { SegmentedControl } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { Hostile } from '@/parts/Hostile';
import { EmptyState } from '@/parts/states';
import { TimeText } from '@/parts/TimeText';
import { useJudgeHit } from '@/wire/judgeHit';
import type { HitSample, RuleDetail, Verdict } from '@/wire/types';

const judgements: { value: Verdict; label: string }[] = [
  { value: 'truePositive', label: 'True' },
  { value: 'benignPositive', label: 'Benign' },
  { value: 'falsePositive', label: 'False' },
];

/** The last hits of a rule. Those made in testing can be judged here: that is the precision it is promoted by. */
export function RuleSamples({ rule }: { rule: RuleDetail }) {
  const judge = useJudgeHit();
  if (rule.samples.length === 0)
    return (
      <EmptyState title="No hit is kept">
        <p>The last twenty hits stand here, each with what it saw and why it matched. Run a backtest to see what it would have found.</p>
      </EmptyState>
    );
  return (
    <div className="stack">
      {rule.queue === 'testing' && (
        <div className="dim">Hits in testing make no case. Say what each one was: the rule is promoted by its precision.</div>
      )}
      <FindingList findings={findingsOf(judge.error)} />
      <div className="scroll">
        <table className="plain-table samples">
          <thead>
            <tr>
              <th>Event time, UTC</th>
              <th>What it saw</th>
              <th>Event</th>
              <th>What it was</th>
            </tr>
          </thead>
          <tbody>
            {rule.samples.map((s) => (
              <tr key={`${s.event}${s.detectedMs}`}>
                <td className="nowrap">
                  <TimeText ms={s.timeMs} />
                </td>
                <td>
                  <SampleFields of={s} />
                </td>
                <td>
                  <WhyLink ruleId={rule.ruleId} event={s.event} />
                </td>
                <td className="nowrap">
                  {s.queue === 'production' ? (
                    <span className="faint">its case says</span>
                  ) : (
                    <SegmentedControl
                      aria-label={`What event ${s.event} was`}
                      data={judgements}
                      value={rule.judged[s.event] ?? ''}
                      onChange={(v) => judge.mutate({ ruleId: rule.ruleId, event: s.event, verdict: v as Verdict, why: '' })}
                    />
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

export function WhyLink({ ruleId, event }: { ruleId: string; event: string }) {
  return (
    <Link className="numlink mono" to="/rules/$ruleId" params={{ ruleId }} search={{ tab: 'why', event }} title="Why it matched">
      {event}
    </Link>
  );
}

export function SampleFields({ of, most = 6 }: { of: HitSample; most?: number }) {
  return (
    <>
      {Object.entries(of.fields)
        .slice(0, most)
        .map(([name, value]) => (
          <span key={name} className="sample-field">
            <span className="faint">{name}</span> <Hostile text={value} max={100} />
          </span>
        ))}
    </>
  );
}
