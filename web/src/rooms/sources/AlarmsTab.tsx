import { Button, NumberInput, Select } from '@mantine/core';
import { useState } from 'react';
import { FactLink } from '@/parts/FactLink';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { Hostile } from '@/parts/Hostile';
import { Panel } from '@/parts/Panel';
import { TimeText, useNow } from '@/parts/TimeText';
import { span } from '@/parts/time';
import { actorWord } from '@/parts/words';
import { useJudgeAlarm, useMaintain } from '@/wire/tellSource';
import type { SourceAlarm, SourceDetail } from '@/wire/types';
import { ailmentWords } from './health';
import { WhyField } from './WhyField';

export function AlarmsTab({ source }: { source: SourceDetail }) {
  const open = source.alarms.filter((a) => !a.recovered);
  const past = source.alarms.filter((a) => a.recovered);
  return (
    <div className="split">
      <div className="stack" style={{ gap: 14 }}>
        <Panel title="Alarms that stand">
          {open.length === 0 ? (
            <p className="dim">None about it, its host, its relay, its groups or its listener.</p>
          ) : (
            open.map((a) => <Standing key={a.alarm.alarmId} one={a} />)
          )}
        </Panel>
        <Panel title="Alarms that ended" aside={<span className="faint">the last twenty</span>}>
          {past.length === 0 ? (
            <p className="dim">None yet.</p>
          ) : (
            <table className="plain-table">
              <thead>
                <tr>
                  <th>Since</th>
                  <th>For</th>
                  <th>What</th>
                  <th>How it ended</th>
                  <th>Judged</th>
                </tr>
              </thead>
              <tbody>
                {past.map((a) => (
                  <tr key={a.alarm.alarmId}>
                    <td>
                      <TimeText ms={a.alarm.sinceMs} />
                    </td>
                    <td className="nowrap">{a.recovered && span(a.recovered.untilMs - a.alarm.sinceMs)}</td>
                    <td>
                      <b>{ailmentWords[a.alarm.ailment]}</b> <span className="faint mono">{a.alarm.subjectId}</span>
                      <div className="dim">
                        <Hostile text={a.alarm.evidence} max={300} />
                      </div>
                    </td>
                    <td>
                      <Hostile text={a.recovered?.evidence ?? ''} max={200} />
                    </td>
                    <td>
                      <Judged one={a} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </Panel>
      </div>
      <Maintenance source={source} />
    </div>
  );
}

function Judged({ one }: { one: SourceAlarm }) {
  if (!one.judged) return <span className="faint">not judged</span>;
  return (
    <span title={one.judged.why}>
      {one.judged.normal ? 'false alarm' : 'right'} <span className="faint">{actorWord(one.judged.actor)}</span>
    </span>
  );
}

function Standing({ one }: { one: SourceAlarm }) {
  const [why, setWhy] = useState('');
  const judge = useJudgeAlarm();
  const a = one.alarm;
  const say = (normal: boolean) => judge.mutate({ alarmId: a.alarmId, normal, why });
  return (
    <div className="finding finding-error stack" style={{ gap: 5, marginBottom: 8 }}>
      <div>
        <b>
          {ailmentWords[a.ailment]}: <Hostile text={a.title} max={200} />
        </b>{' '}
        <span className="faint">
          since <TimeText ms={a.sinceMs} /> · <FactLink seq={one.factSeq}>fact {one.factSeq}</FactLink>
        </span>
      </div>
      <div className="hint">
        <Hostile text={a.evidence} max={800} />
      </div>
      {one.judged ? (
        <div>
          <Judged one={one} />: <Hostile text={one.judged.why} max={200} />
        </div>
      ) : (
        <div className="row" style={{ alignItems: 'flex-end' }}>
          <WhyField value={why} onChange={setWhy} placeholder="what it was" />
          <Button variant="default" disabled={!why.trim()} loading={judge.isPending} onClick={() => say(false)}>
            Right
          </Button>
          <Button
            variant="default"
            disabled={!why.trim()}
            loading={judge.isPending}
            onClick={() => say(true)}
            title="It is so at times: that long a pause is its own from now on"
          >
            False alarm
          </Button>
        </div>
      )}
      <FindingList findings={findingsOf(judge.error)} />
    </div>
  );
}

function Maintenance({ source }: { source: SourceDetail }) {
  const now = useNow();
  const maintain = useMaintain();
  const [subject, setSubject] = useState(`source:${source.sourceId}`);
  const [inHours, setInHours] = useState<number | string>(0);
  const [forHours, setForHours] = useState<number | string>(2);
  const [why, setWhy] = useState('');
  const subjects = [
    { value: `source:${source.sourceId}`, label: 'this source' },
    { value: `host:${source.host}`, label: `host ${source.host}` },
    ...(source.relay ? [{ value: `relay:${source.relay}`, label: `relay ${source.relay}` }] : []),
    ...source.groups.map((g) => ({ value: `group:${g}`, label: `group ${g}` })),
    { value: `listener:${source.listener}`, label: `listener ${source.listener}` },
  ];
  return (
    <Panel title="Maintenance" aside={<span className="faint">alarms wait; records are kept as ever</span>}>
      <form
        className="stack"
        onSubmit={(e) => {
          e.preventDefault();
          const fromMs = Date.now() + Number(inHours) * 3_600_000;
          maintain.mutate(
            { subjectId: subject, fromMs, toMs: fromMs + Number(forHours) * 3_600_000, why },
            { onSuccess: () => setWhy('') },
          );
        }}
      >
        <Select label="Of" data={subjects} value={subject} onChange={(v) => v && setSubject(v)} allowDeselect={false} />
        <div className="form-grid">
          <NumberInput label="Begins in hours" value={inHours} onChange={setInHours} min={0} max={2000} />
          <NumberInput label="Lasts hours" value={forHours} onChange={setForHours} min={0.25} max={2200} />
        </div>
        <WhyField value={why} onChange={setWhy} placeholder="what is done there" />
        <div>
          <Button type="submit" variant="default" disabled={!why.trim()} loading={maintain.isPending}>
            Plan it
          </Button>
        </div>
        <FindingList findings={findingsOf(maintain.error)} />
      </form>
      {source.maintenance.length > 0 && (
        <table className="plain-table" style={{ marginTop: 10 }}>
          <tbody>
            {source.maintenance.slice(0, 12).map((m) => (
              <tr key={`${m.subjectId}${m.fromMs}${m.toMs}`}>
                <td>
                  <TimeText ms={m.fromMs} /> <span className="faint">for {span(Math.max(0, m.toMs - m.fromMs))}</span>
                  <div className="faint mono">{m.subjectId}</div>
                </td>
                <td>
                  <Hostile text={m.why} max={120} />
                  {m.toMs <= m.fromMs && <span className="faint"> (called off)</span>}
                </td>
                <td className="num">
                  {m.toMs > now && m.toMs > m.fromMs && (
                    <button
                      type="button"
                      className="bare link nowrap"
                      onClick={() => maintain.mutate({ subjectId: m.subjectId, fromMs: m.fromMs, toMs: m.fromMs, why: why || 'done' })}
                    >
                      End
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}
