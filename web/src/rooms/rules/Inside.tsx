import { Progress } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { Hostile } from '@/parts/Hostile';
import { Panel } from '@/parts/Panel';
import { Answer, EmptyState } from '@/parts/states';
import { TimeText } from '@/parts/TimeText';
import { span } from '@/parts/time';
import { many, whole } from '@/parts/words';
import { useLook } from '@/wire/getLook';
import type { CorrelationLook, GroupLook, RuleDetail } from '@/wire/types';
import { WhyLink } from './Samples';

/** A correlation now: the groups nearest to firing, and what it could not count. Asked anew every few seconds while it is in view. */
export function Inside({ rule }: { rule: RuleDetail }) {
  const look = useLook(rule.ruleId);
  return (
    <Panel title="Inside" aside={look.data && <Threshold look={look.data} />}>
      <div className="row wrap" style={{ gap: 10 }}>
        <span className="faint">made of</span>
        {rule.parts.map((id) => (
          <Link key={id} className="numlink mono" to="/rules/$ruleId" params={{ ruleId: id }}>
            {id}
          </Link>
        ))}
      </div>
      <Answer of={look} what="what it has gathered">
        {(l) => (
          <>
            <Counters look={l} />
            {l.nearest.length > 0 ? <Groups look={l} /> : <NoGroups look={l} />}
            {l.samples.length > 0 && <NotCounted look={l} />}
          </>
        )}
      </Answer>
    </Panel>
  );
}

function Threshold({ look }: { look: CorrelationLook }) {
  return (
    <span className="dim">
      <Hostile text={look.threshold} max={120} /> within {span(look.timespanMs)}
      {look.atOnce ? ', fires at once' : ', decided when a window is over'}
    </span>
  );
}

function Counters({ look }: { look: CorrelationLook }) {
  const figures: [string, number, string][] = [
    ['hits without a group', look.missing, 'Had no value in a field it groups by or counts, and were not counted'],
    ['too late', look.late, 'Came later than its windows wait'],
    ['groups given up', look.evicted, `There were more than ${whole(look.groupsMax)}, or they took too much memory`],
    ['entries cut', look.cut, 'Did not fit into full windows'],
    ['values shortened', look.shortened, 'Members of long arrays, or text too long to compare'],
    ['not numbers', look.notNumbers, 'Values that should have been numbers, left out'],
  ];
  return (
    <div className="row wrap figures">
      <span className="nowrap" title={`Values that it counts apart; ${whole(look.groupsMax)} at most`}>
        <b className="figure">{whole(look.groups)}</b> <span className="dim">groups now</span>
      </span>
      {figures.map(([word, count, means]) => (
        <span key={word} className="nowrap" title={means}>
          <b className={`figure${count > 0 ? ' up' : ''}`}>{whole(count)}</b> <span className="dim">{word}</span>
        </span>
      ))}
    </div>
  );
}

function Groups({ look }: { look: CorrelationLook }) {
  return (
    <table className="plain-table inside-groups">
      <thead>
        <tr>
          <th>Group, nearest first</th>
          <th>Value</th>
          <th title="Until its window is over, or its oldest event leaves it">Time left</th>
          <th>Last firing</th>
        </tr>
      </thead>
      <tbody>
        {look.nearest.map((g) => (
          <tr key={g.group.map((v) => v.value).join('\n')}>
            <td>
              {g.group.length === 0 && <span className="dim">all events</span>}
              {g.group.map((v) => (
                <span key={v.field} className="sample-field">
                  <span className="faint">{v.field}</span> <Hostile text={v.value} max={80} />
                </span>
              ))}
            </td>
            <td>
              <Value group={g} wanted={look.wanted} />
            </td>
            <td className="nowrap" title={`${many(g.events, 'event')} since the window's first`}>
              {g.leftMs > 0 ? span(g.leftMs) : 'waits for late ones'}
            </td>
            <td>
              <TimeText ms={g.firedMs} form="ago" />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Value against threshold; a bar only where more events bring it nearer. */
function Value({ group, wanted }: { group: GroupLook; wanted: number | null | undefined }) {
  const figure = group.value.toLocaleString('en-GB', { maximumFractionDigits: 2 });
  if (!wanted || wanted <= 0) return <span className={group.holds ? 'up' : undefined}>{figure}</span>;
  const share = Math.max(0, Math.min(100, (group.value / wanted) * 100));
  return (
    <span className="inside-value">
      <Progress value={share} color={group.holds ? 'orange' : undefined} aria-label={`${figure} of ${wanted}`} />
      <span className={`num nowrap${group.holds ? ' up' : ''}`}>
        {figure} of {wanted.toLocaleString('en-GB', { maximumFractionDigits: 2 })}
      </span>
    </span>
  );
}

function NoGroups({ look }: { look: CorrelationLook }) {
  return (
    <EmptyState title="Nothing is gathered now">
      <p>
        {look.watermarkMs === undefined
          ? 'None of its rules has matched since the hits it remembers begin.'
          : 'Nothing that was counted is still within its window. The next match with a value to group by stands here.'}
      </p>
    </EmptyState>
  );
}

function NotCounted({ look }: { look: CorrelationLook }) {
  return (
    <details>
      <summary className="dim">Events that were not counted, the last ones</summary>
      <table className="plain-table">
        <tbody>
          {look.samples.map((s, i) => (
            <tr key={`${s.event}${s.why}${i}`}>
              <td className="nowrap">
                <TimeText ms={s.timeMs} />
              </td>
              <td>
                <Hostile text={s.why} max={160} />
              </td>
              <td>
                <WhyLink ruleId={look.ruleId} event={s.event} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
