import { useCallback, useMemo, useState } from 'react';
import { Chart, type Ink, tooltipBase, valueAxis } from '@/parts/Chart';
import { kqlText } from '@/parts/kql';
import { Answer } from '@/parts/states';
import { TimeText, useNow } from '@/parts/TimeText';
import { many } from '@/parts/words';
import { useSourceProfile } from '@/wire/getSourceProfile';
import { usePanelRows } from '@/wire/search';
import type { SourceDetail, SourceProfile } from '@/wire/types';
import { hourOf, hours, hourWords, offsetOf, pauseMinutes, spanWords, weeksOf, youngWords } from './profile';
import { budgetWords } from './SettingsBox';

const weeksShown = 4;
const hourMs = 3_600_000;

/** What is due in each hour of the week beside what came in the last weeks, in arrivals: within ten seconds they are one. */
export function Profile({ source }: { source: SourceDetail }) {
  const profile = useSourceProfile(source.sourceId);
  return (
    <Answer of={profile} what="its habits">
      {(p) => <Inside source={source} profile={p} />}
    </Answer>
  );
}

function Inside({ source, profile }: { source: SourceDetail; profile: SourceProfile }) {
  const now = useNow(60_000);
  const [toMs] = useState(() => Math.floor(Date.now() / hourMs) * hourMs);
  const rows = usePanelRows(
    {
      kql: `Events\n| where log.source.id == ${kqlText(source.sourceId)}\n| summarize by beat = bin(event.ingested, 10s)\n| summarize arrivals = count() by hour = bin(beat, 1h)`,
      fromMs: toMs - (weeksShown + 1) * hours * hourMs,
      toMs: toMs + hourMs,
      limit: 2000,
      remember: false,
    },
    0,
  );
  const counts = useMemo(() => {
    const at = (name: string) => rows.data?.columns.findIndex((c) => c.name === name) ?? -1;
    const [hour, arrivals] = [at('hour'), at('arrivals')];
    return new Map((rows.data?.rows ?? []).map((r) => [Date.parse(String(r[hour])), Number(r[arrivals])]));
  }, [rows.data]);
  const weeks = useMemo(() => weeksOf(counts, profile.zone, now, source.firstMs, weeksShown), [counts, profile.zone, now, source.firstMs]);
  const at = hourOf(now, profile.zone);
  const pause = pauseMinutes(profile.perHour, profile.limits.atWork, at);

  // What happened in this week and the last, on the hours at which it did.
  const marks = useMemo(() => {
    const spans: { name: string; from: number; to: number; bad: boolean }[] = [];
    const add = (name: string, fromMs: number, toMs: number, bad: boolean) => {
      if (toMs < now - hours * hourMs) return;
      const from = hourOf(Math.max(fromMs, now - hours * hourMs), profile.zone);
      const to = hourOf(Math.min(toMs, now), profile.zone);
      if (from <= to) spans.push({ name, from, to: to + 1, bad });
      else spans.push({ name, from, to: hours, bad }, { name: '', from: 0, to: to + 1, bad });
    };
    for (const a of source.alarms) if (a.alarm.ailment === 'silent') add('silent', a.alarm.sinceMs, a.recovered?.untilMs ?? now, true);
    for (const m of source.maintenance) if (m.toMs > m.fromMs && m.fromMs < now) add('maintenance', m.fromMs, m.toMs, false);
    return spans;
  }, [source.alarms, source.maintenance, now, profile.zone]);

  const draw = useCallback(
    (c: Ink) => ({
      grid: { left: 44, right: 10, top: 14, bottom: 24 },
      legend: { show: false },
      tooltip: {
        ...tooltipBase(c),
        trigger: 'axis',
        formatter: (of: { seriesName: string; dataIndex: number; value: number | null }[]) => {
          const h = of[0]?.dataIndex ?? 0;
          const told = pauseMinutes(profile.perHour, profile.limits.atWork, h);
          return [
            `${hourWords(h)} ${profile.zone}`,
            ...of
              .filter((s) => s.value !== null && s.value !== undefined)
              .map((s) => `${s.seriesName}: ${Number(s.value).toFixed(s.seriesName === 'due' ? 1 : 0)}`),
            profile.young
              ? youngWords(profile.young)
              : told === null
                ? 'no pause is told at this hour yet'
                : `silence is told after about ${spanWords(told)}`,
          ].join('\n');
        },
      },
      xAxis: {
        type: 'category',
        data: Array.from({ length: hours }, (_, h) => hourWords(h)),
        axisLabel: {
          color: c.faint,
          fontSize: 11,
          interval: (i: number) => i % 24 === 0,
          formatter: (v: string) => v.slice(0, 3),
          align: 'left',
        },
        axisTick: { show: false },
        axisLine: { lineStyle: { color: c.line2 } },
      },
      yAxis: { ...valueAxis(c), name: '', minInterval: 1 },
      series: [
        ...weeks.map((w, i) => ({
          name: i === 0 ? 'this week' : i === 1 ? 'last week' : `${i} weeks ago`,
          type: 'line',
          step: 'middle',
          symbol: 'none',
          connectNulls: false,
          lineStyle: { width: i === 0 ? 1.6 : 1, color: i === 0 ? c.amber : c.dim, opacity: i === 0 ? 1 : 0.55 - 0.12 * i },
          itemStyle: { color: i === 0 ? c.amber : c.dim },
          data: w.perHour,
        })),
        {
          name: 'due',
          type: 'line',
          step: 'middle',
          symbol: 'none',
          lineStyle: { width: 1.6, color: c.response, type: 'dashed' },
          itemStyle: { color: c.response },
          data: profile.perHour,
          markLine: {
            silent: true,
            symbol: 'none',
            lineStyle: { color: c.text, width: 1, type: 'solid' },
            label: { formatter: 'now', color: c.dim, fontSize: 11 },
            data: [{ xAxis: at }],
          },
          markArea: {
            silent: true,
            data: marks.map((m) => [
              {
                name: m.name,
                xAxis: m.from,
                itemStyle: { color: m.bad ? c.bad : c.med, opacity: 0.16 },
                label: { color: m.bad ? c.bad : c.med, fontSize: 11, position: 'insideTop' },
              },
              { xAxis: Math.min(hours - 1, m.to) },
            ]),
          },
        },
      ],
    }),
    [weeks, profile, marks, at],
  );
  return (
    <div className="stack">
      <Chart
        draw={draw}
        height={210}
        label={`Arrivals due in each hour of the week beside the last ${weeks.length} weeks; ${hourWords(at)} is now`}
      />
      <div className="profile-legend">
        <span className="key-now">this week</span>
        <span className="key-past">weeks before</span>
        <span className="key-due">due</span>
        {marks.some((m) => m.bad) && <span className="key-silent">silent</span>}
        {marks.some((m) => !m.bad) && <span className="key-work">maintenance</span>}
        <span className="faint">
          arrivals an hour (within ten seconds they are one), {profile.zone}
          {offsetOf(profile.zone, now) === 0 ? '' : ', its people’s time'}
        </span>
      </div>
      <dl className="kv">
        <dt>At this hour</dt>
        <dd>
          {profile.young
            ? `in its first fortnight ${youngWords(profile.young)}`
            : pause === null
              ? 'no pause at work is judged yet'
              : `silence is told after a pause of about ${spanWords(pause)}`}
          {profile.limits.atWork != null && <span className="faint">; {profile.limits.atWork.toFixed(1)} arrivals due</span>}
        </dd>
        <dt>If nothing comes from now on</dt>
        <dd>
          {profile.toldMs ? (
            <>
              told at <TimeText ms={profile.toldMs} />
              {profile.notBegun && ', since it should have begun by then'}
            </>
          ) : (
            'not told within 40 days: too little is known'
          )}
        </dd>
        <dt>Known from</dt>
        <dd>
          {many(profile.arrivals, 'arrival')} since <TimeText ms={profile.sinceMs} form="ago" />
          {profile.like && (
            <>
              ; while it is young, habits of <span className="mono">{profile.like}</span> stand in
            </>
          )}
        </dd>
        <dt>False alarms</dt>
        <dd>
          {budgetWords(profile.falseAlarmsPerMonth)} at most
          {source.calendars.length > 0 && `; rests on the days of ${source.calendars.join(', ')}`}
        </dd>
      </dl>
      {offsetOf(profile.zone, now) % hourMs !== 0 && (
        <div className="faint">Its zone is not whole hours off UTC; bars of past weeks are up to half an hour off.</div>
      )}
    </div>
  );
}
