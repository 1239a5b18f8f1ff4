import { useCallback, useMemo } from 'react';
import { Chart, type Ink, timeAxis, tooltipBase, valueAxis } from '@/parts/Chart';
import { isNumber, isTime } from '@/parts/cells';
import { cellText } from '@/parts/cellText';
import { plainText } from '@/parts/hostile';
import { utc } from '@/parts/time';
import { short, whole } from '@/parts/words';
import type { Cell, SearchAnswer } from '@/wire/types';
import { withGaps } from './step';

interface Props {
  answer: SearchAnswer;
  label: string;
  range: { fromMs: number; toMs: number };
  open: (row: Cell[]) => void;
}
const barsMax = 12;

function parts(answer: SearchAnswer) {
  const time = answer.columns.findIndex((c) => isTime(c.type));
  const numbers = answer.columns.flatMap((c, i) => (isNumber(c.type) ? [i] : []));
  return { time, numbers };
}

/** Counts over time, or the greatest counts of things. A bar opens its events. */
export function BarsPicture({ answer, label, range, open }: Props) {
  const { time, numbers } = parts(answer);
  const value = numbers[0];
  if (answer.rows.length === 0) return <div className="faint">Nothing in this time</div>;
  if (value === undefined) return <div className="faint">No number in this answer</div>;
  const keys = answer.columns.some((c) => !isNumber(c.type) && !isTime(c.type));
  return time >= 0 && !keys ? (
    <OverTime answer={answer} label={label} range={range} open={open} bars />
  ) : (
    <Greatest answer={answer} value={value} label={label} open={open} />
  );
}

export const LinesPicture = (props: Props) =>
  parts(props.answer).time < 0 ? (
    <BarsPicture {...props} />
  ) : props.answer.rows.length === 0 ? (
    <div className="faint">Nothing in this time</div>
  ) : (
    <OverTime {...props} />
  );

function OverTime({ answer, label, range, open, bars = false }: Props & { bars?: boolean }) {
  const { time, numbers } = useMemo(() => parts(answer), [answer]);
  const rows = useMemo(() => [...answer.rows].sort((a, b) => String(a[time] ?? '').localeCompare(String(b[time] ?? ''))), [answer, time]);
  const places = useMemo(
    () => (bars ? rows.map((_, i) => i) : withGaps(rows.map((row) => Date.parse(String(row[time]))))),
    [rows, time, bars],
  );
  const rowAt = (index: number) => rows[places[index] ?? -1];
  const draw = useCallback(
    (c: Ink) => {
      const colours = [c.amber, c.response, c.med, c.bad];
      return {
        color: colours,
        grid: { left: 46, right: 10, top: numbers.length > 1 ? 20 : 8, bottom: 20 },
        legend:
          numbers.length > 1 ? { top: 0, right: 0, itemHeight: 7, itemWidth: 12, textStyle: { color: c.dim, fontSize: 11 } } : undefined,
        // All of the time that was asked for, also where nothing happened; a first step may begin before it.
        xAxis: { ...timeAxis(c), min: Math.min(range.fromMs, Date.parse(String(rows[0]?.[time]))), max: range.toMs },
        yAxis: { ...valueAxis(c), axisLabel: { color: c.faint, fontSize: 10, formatter: (v: number) => short(v) } },
        tooltip: {
          ...tooltipBase(c),
          trigger: 'axis',
          formatter: (p: { dataIndex: number }[]) => {
            const row = rows[places[p[0]?.dataIndex ?? 0] ?? -1];
            if (!row) return '';
            const lines = numbers.map((n) => `${plainText(answer.columns[n]?.name ?? '')} ${whole(Number(row[n] ?? 0))}`);
            return `${lines.join('\n')}\nfrom ${utc(Date.parse(String(row[time])), false)}`;
          },
        },
        series: numbers.map((n) => ({
          name: answer.columns[n]?.name,
          type: bars ? 'bar' : 'line',
          data: places.map((at) => (at === null ? [null, null] : [Date.parse(String(rows[at]?.[time])), Number(rows[at]?.[n] ?? 0)])),
          connectNulls: false,
          symbolSize: 5,
          barMaxWidth: 26,
          lineStyle: { width: 1.6 },
        })),
      };
    },
    [rows, time, numbers, answer, bars, range, places],
  );
  return (
    <Chart
      draw={draw}
      height="fill"
      label={`${label}: ${rows.length} steps of time`}
      onPoint={(_series, index) => {
        const row = rowAt(index);
        if (row) open(row);
      }}
    />
  );
}

function Greatest({ answer, value, label, open }: Omit<Props, 'range'> & { value: number }) {
  const rows = useMemo(
    () => [...answer.rows].sort((a, b) => Number(b[value] ?? 0) - Number(a[value] ?? 0)).slice(0, barsMax),
    [answer, value],
  );
  const max = Math.max(1, ...rows.map((r) => Number(r[value] ?? 0)));
  const names = answer.columns.flatMap((c, i) => (isNumber(c.type) || isTime(c.type) ? [] : [i]));
  return (
    <ol className="greatest" aria-label={label}>
      {rows.map((row, i) => (
        <li key={i}>
          <button type="button" className="bare" onClick={() => open(row)} title="Open its events">
            <span className="cut">{names.map((n) => plainText(cellText(row[n]))).join(' · ') || '(empty)'}</span>
            <b>{whole(Number(row[value] ?? 0))}</b>
            <i style={{ width: `${(Number(row[value] ?? 0) / max) * 100}%` }} />
          </button>
        </li>
      ))}
      {answer.rows.length > barsMax && <li className="faint">{whole(answer.rows.length - barsMax)} more</li>}
    </ol>
  );
}
