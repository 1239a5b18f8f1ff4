import { Button, Progress, SegmentedControl } from '@mantine/core';
import { useCallback, useState } from 'react';
import { Chart, type Ink, timeAxis, tooltipBase, valueAxis } from '@/parts/Chart';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { Hostile } from '@/parts/Hostile';
import { Num } from '@/parts/Num';
import { Panel } from '@/parts/Panel';
import { Answer, EmptyState } from '@/parts/states';
import { TimeText } from '@/parts/TimeText';
import { utc, utcDay } from '@/parts/time';
import { actorWord, whole } from '@/parts/words';
import { useCancelBacktest } from '@/wire/cancelBacktest';
import { useBacktests } from '@/wire/getBacktests';
import { useStartBacktest } from '@/wire/startBacktest';
import type { Backtest } from '@/wire/types';
import { SampleFields, WhyLink } from './Samples';

const day = 86_400_000;
const ranges = [
  { value: '1', label: '24 h' },
  { value: '3', label: '3 days' },
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
];

/** What a rule would have found: in use or, given a text, not yet. */
export function BacktestPanel({ ruleId, yaml, current }: { ruleId?: string; yaml?: string; current?: string }) {
  const [range, setRange] = useState('1');
  const start = useStartBacktest();
  const [mine, setMine] = useState<string | null>(null);
  const list = useBacktests(ruleId);
  const run = () => {
    const to = Date.now();
    start.mutate(
      { ruleId: yaml ? undefined : ruleId, yaml, from: to - Number(range) * day, to },
      { onSuccess: (b) => setMine(b.backtestId) },
    );
  };
  return (
    <div className="stack" style={{ gap: 14 }}>
      <div className="row wrap">
        <SegmentedControl aria-label="How far back" data={ranges} value={range} onChange={setRange} />
        <Button onClick={run} loading={start.isPending}>
          Run over history
        </Button>
        <span className="dim">Reads what arrived in that time, with the live matcher's own engine. Nothing alerts.</span>
      </div>
      <FindingList findings={findingsOf(start.error)} />
      <Answer of={list} what="the backtests">
        {({ backtests }) => {
          const shown = yaml ? backtests.filter((b) => b.backtestId === mine) : backtests;
          if (shown.length === 0)
            return yaml ? null : (
              <EmptyState title="Not run over history yet">
                <p>Choose how far back, and run it. The result is evidence for its promotion.</p>
              </EmptyState>
            );
          const [newest, ...older] = shown;
          return (
            <>
              {newest && <Result test={newest} current={current} />}
              {older.length > 0 && <Older tests={older} />}
            </>
          );
        }}
      </Answer>
    </div>
  );
}

function Result({ test, current }: { test: Backtest; current?: string }) {
  const cancel = useCancelBacktest();
  const busy = test.state === 'running' || test.state === 'waiting';
  const f = test.figures;
  return (
    <Panel
      title={{ waiting: 'Waiting', running: 'Running', done: 'Result', cancelled: 'Cancelled', failed: 'Failed' }[test.state]}
      aside={
        <span className="dim">
          asked by {actorWord(test.by)} <TimeText ms={test.askedMs} form="ago" />
          {current && test.version !== current && <span className="up"> · of another text than the one in use</span>}
        </span>
      }
    >
      {busy && (
        <div className="row">
          <Progress value={test.share * 100} className="grow" aria-label="How much is read" />
          <span className="num nowrap">
            {Math.round(test.share * 100)} % · {whole(test.events)} events
          </span>
          <Button variant="default" size="compact-xs" onClick={() => cancel.mutate(test.backtestId)}>
            Cancel
          </Button>
        </div>
      )}
      <div className="row wrap figures">
        <Figure word="hits" value={whole(test.hits)} means="Times it would have matched" />
        {f && (
          <Figure word="a day" value={f.hitsPerDay.toLocaleString('en-GB', { maximumFractionDigits: 1 })} means="Hits for each day read" />
        )}
        <Figure word="events read" value={whole(test.events)} means="All events of that time, of any log source" />
        <Figure word="hosts" value={whole(f?.hosts ?? test.hosts.length)} means="Hosts that its hits name" />
        {f && (
          <Figure word="s" value={f.seconds.toLocaleString('en-GB', { maximumFractionDigits: 1 })} means="Time it took, rests included" />
        )}
      </div>
      {f && (
        <div className={f.complete ? 'dim' : 'up'}>
          {f.events > 0 && `Read ${utc(f.fromMs)} to ${utc(f.toMs)}. `}
          {f.complete ? 'The whole range that was asked for.' : `Not the whole range: ${f.note}.`}
        </div>
      )}
      {test.state === 'failed' && <div className="up">{test.note}</div>}
      {test.perHour.length > 0 && <HourChart test={test} />}
      {test.hosts.length > 0 && (
        <div className="row wrap" style={{ gap: 10, marginBottom: 8 }}>
          {test.hosts.slice(0, 8).map((h) => (
            <span key={h.host} className="nowrap">
              <Hostile text={h.host} max={60} /> <b>{whole(h.hits)}</b>
            </span>
          ))}
          {test.hosts.length > 8 && <span className="faint">and {test.hosts.length - 8} more</span>}
        </div>
      )}
      <FindingList findings={test.findings.filter((x) => x.level === 'error')} />
      {test.samples.length > 0 && (
        <table className="plain-table samples">
          <thead>
            <tr>
              <th>Event time, UTC</th>
              <th>What it saw</th>
              <th>Event</th>
            </tr>
          </thead>
          <tbody>
            {test.samples.map((s) => (
              <tr key={`${s.event}${s.timeMs}`}>
                <td className="nowrap">
                  <TimeText ms={s.timeMs} />
                </td>
                <td>
                  <SampleFields of={s} most={4} />
                </td>
                <td>
                  <WhyLink ruleId={test.ruleId} event={s.event} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

function Figure({ word, value, means }: { word: string; value: string; means: string }) {
  return (
    <Num means={means}>
      <b className="figure">{value}</b> <span className="dim">{word}</span>
    </Num>
  );
}

function HourChart({ test }: { test: Backtest }) {
  const { perHour, fromMs, toMs } = test;
  const draw = useCallback(
    (c: Ink) => {
      // Beyond ten days an hour is thinner than a pixel: days then.
      const byDay = toMs - fromMs > 10 * day;
      const buckets = new Map<number, number>();
      for (const { hourMs, count } of perHour) {
        const at = byDay ? Math.floor(hourMs / day) * day : hourMs;
        buckets.set(at, (buckets.get(at) ?? 0) + count);
      }
      return {
        grid: { left: 44, right: 8, top: 10, bottom: 22 },
        xAxis: { ...timeAxis(c), min: fromMs, max: toMs },
        yAxis: { ...valueAxis(c), minInterval: 1 },
        tooltip: {
          ...tooltipBase(c),
          trigger: 'axis',
          formatter: (p: { value: [number, number] }[]) =>
            p[0]
              ? `${whole(p[0].value[1])} hits ${byDay ? `on ${utcDay(p[0].value[0])} UTC` : `in the hour from ${utc(p[0].value[0], false)}`}`
              : '',
        },
        series: [
          {
            type: 'bar',
            barMaxWidth: 22,
            itemStyle: { color: c.dim },
            emphasis: { itemStyle: { color: c.amber } },
            data: [...buckets].sort(([a], [b]) => a - b),
          },
        ],
      };
    },
    [perHour, fromMs, toMs],
  );
  return <Chart draw={draw} height={150} label="Hits it would have made, by time of arrival" />;
}

function Older({ tests }: { tests: Backtest[] }) {
  return (
    <details>
      <summary className="dim">Earlier ones since the program began</summary>
      <table className="plain-table">
        <tbody>
          {tests.map((t) => (
            <tr key={t.backtestId}>
              <td>
                <TimeText ms={t.askedMs} />
              </td>
              <td>{t.state}</td>
              <td>
                {whole(t.hits)} hits in {whole(t.events)} events
              </td>
              <td className="mono faint">{t.version.slice(0, 12)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
