import { Button, TextInput } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { Hostile } from '@/parts/Hostile';
import { Panel } from '@/parts/Panel';
import { Answer, EmptyState } from '@/parts/states';
import { TimeText } from '@/parts/TimeText';
import { many } from '@/parts/words';
import { useExplanation } from '@/wire/explainRule';
import type { RuleDetail, RuleExplanation } from '@/wire/types';
import { WhyLink } from './Samples';

/** Any event against this rule: which parts were met, which failed first, and on what value. */
export function WhyPanel({ rule, event }: { rule: RuleDetail; event: string }) {
  const go = useNavigate();
  const [text, setText] = useState(event);
  useEffect(() => setText(event), [event]);
  const told = useExplanation(rule.ruleId, event);
  const ask = (id: string) => go({ to: '/rules/$ruleId', params: { ruleId: rule.ruleId }, search: { tab: 'why', event: id.trim() } });
  return (
    <div className="stack" style={{ gap: 14 }}>
      <form
        className="row"
        onSubmit={(e) => {
          e.preventDefault();
          ask(text);
        }}
      >
        <TextInput
          aria-label="Event"
          placeholder="Event, for example 4711.0"
          value={text}
          onChange={(e) => setText(e.currentTarget.value)}
          w={200}
          classNames={{ input: 'mono' }}
        />
        <Button type="submit" disabled={!text.trim()}>
          Ask
        </Button>
        {rule.samples.length > 0 && (
          <span className="dim row wrap" style={{ gap: 8 }}>
            last hits:
            {rule.samples.slice(0, 6).map((s) => (
              <WhyLink key={`${s.event}${s.detectedMs}`} ruleId={rule.ruleId} event={s.event} />
            ))}
          </span>
        )}
      </form>
      {event === '' ? (
        <EmptyState title="Why, or why not">
          <p>
            Give an event's name, as search and alerts show it. This rule is then asked about it, part by part, also when it did not match
            or does not run on such events.
          </p>
        </EmptyState>
      ) : (
        <Answer of={told} what="the explanation">
          {(t) => <Told rule={rule} told={t} />}
        </Answer>
      )}
    </div>
  );
}

function Told({ rule, told }: { rule: RuleDetail; told: RuleExplanation }) {
  return (
    <div className="stack" style={{ gap: 14 }}>
      <div className={`verdict-line ${told.matched ? 'yes' : 'no'}`} role="status">
        <b>{told.matched ? 'It matches.' : 'It does not match.'}</b> {because(rule, told)}{' '}
        <span className="faint">
          event of <TimeText ms={told.timeMs} />
        </span>
      </div>
      {told.off && (
        <div className="up">
          The rule is off: <Hostile text={told.off} />. It is asked all the same.
        </div>
      )}
      {rule.kind !== 'correlation' && (
        <dl className="kv">
          <dt>Rule asks for</dt>
          <dd className="mono">{told.asks}</dd>
          <dt>Event is</dt>
          <dd className={`mono${told.routed ? '' : ' up'}`}>{told.routes.join(', ') || 'of no log source that a rule asks for'}</dd>
          <dt>Condition</dt>
          <dd className="mono">
            <Hostile text={told.conditions.join(' or ')} />
          </dd>
        </dl>
      )}
      {told.searches.map((s) => (
        <Panel
          key={s.name}
          title={
            <>
              <Mark met={s.met} calm={told.matched} /> <Hostile text={s.name} />
            </>
          }
        >
          {s.items.length === 0 ? (
            <span className="dim">{s.met ? 'This event matches it.' : 'This event does not match it.'}</span>
          ) : (
            <table className="plain-table why-items">
              <thead>
                <tr>
                  <th />
                  <th>Asked</th>
                  <th>The event has</th>
                </tr>
              </thead>
              <tbody>
                {s.items.map((i, n) => (
                  <tr key={`${i.asked}${n}`}>
                    <td>
                      <Mark met={i.met} calm={told.matched} />
                    </td>
                    <td className="mono">
                      <Hostile text={i.asked} max={400} />
                    </td>
                    <td className="mono">
                      {i.values.length === 0 ? (
                        <span className="faint">{i.field ? 'no such field' : 'see the raw record'}</span>
                      ) : (
                        i.values.map((v, k) => (
                          <div key={k}>
                            <Hostile text={v} max={400} />
                          </div>
                        ))
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </Panel>
      ))}
      {told.filteredBy.length > 0 && (
        <div className="up">
          Taken back by {many(told.filteredBy.length, 'filter')}: <Hostile text={told.filteredBy.join(', ')} />
        </div>
      )}
      {told.contributing.length > 0 && (
        <Panel title="Made of these events">
          <div className="row wrap">
            {told.contributing.map((id) => (
              <Link
                key={id}
                className="numlink mono"
                to="/rules/$ruleId"
                params={{ ruleId: rule.parts[0] ?? rule.ruleId }}
                search={{ tab: 'why', event: id }}
              >
                {id}
              </Link>
            ))}
          </div>
        </Panel>
      )}
      <details>
        <summary className="dim">All fields of the event</summary>
        <table className="fields">
          <tbody>
            {Object.entries(told.fields)
              .sort(([a], [b]) => a.localeCompare(b))
              .map(([name, value]) => (
                <tr key={name}>
                  <td>
                    <Hostile text={name} max={80} />
                  </td>
                  <td>
                    <Hostile text={value} max={600} />
                  </td>
                </tr>
              ))}
          </tbody>
        </table>
      </details>
    </div>
  );
}

function because(rule: RuleDetail, told: RuleExplanation): string {
  if (rule.kind === 'correlation')
    return told.matched ? `It came true with this event.` : 'No firing with this event is kept; below, which of its rules match it.';
  if (!told.routed) return 'The event is of another log source.';
  if (told.matched) return 'The condition is met by the parts below.';
  if (told.filteredBy.length > 0) return 'The condition is met, and a filter took it back.';
  const failed = told.searches.filter((s) => !s.met).map((s) => s.name);
  return failed.length > 0 ? `Not met: ${failed.join(', ')}.` : 'All parts are met, and the condition leaves out what one of them matches.';
}

/** In a match, what is not met is what the condition leaves out: no cause for alarm. */
function Mark({ met, calm }: { met: boolean; calm: boolean }) {
  return (
    <span className={met ? 'down' : calm ? 'faint' : 'up'} title={met ? 'met' : 'not met'}>
      {met ? '✓' : '✕'}
    </span>
  );
}
