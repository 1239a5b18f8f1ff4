import { useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';
import { Chart, type Ink, timeAxis, tooltipBase, valueAxis } from '@/parts/Chart';
import { plainText } from '@/parts/hostile';
import { utc } from '@/parts/time';
import { reasonText, signed } from '@/parts/words';
import type { PriorityMove } from '@/wire/types';

/** Each move of the priority, as a step; a point opens the fact that made it. */
export function HistoryChart({ history }: { history: PriorityMove[] }) {
  const go = useNavigate();
  const draw = useCallback(
    (c: Ink) => ({
      grid: { left: 34, right: 16, top: 12, bottom: 22 },
      xAxis: timeAxis(c),
      yAxis: { ...valueAxis(c), min: 0, max: 100, interval: 25 },
      tooltip: {
        ...tooltipBase(c),
        trigger: 'item',
        formatter: (p: { dataIndex: number }) => {
          const h = history[p.dataIndex];
          return h
            ? `${h.to.toFixed(1)}  (${signed(h.to - h.from, 1)})\n${plainText(reasonText(h.reason)).slice(0, 90)}\n${utc(h.atMs)}`
            : '';
        },
      },
      series: [
        {
          type: 'line',
          step: 'end',
          data: history.map((h) => [h.atMs, h.to]),
          symbol: 'circle',
          symbolSize: 8,
          lineStyle: { color: c.amber, width: 2 },
          itemStyle: { color: c.panel, borderColor: c.amber, borderWidth: 2 },
          emphasis: { itemStyle: { color: c.amber } },
          markLine: {
            silent: true,
            symbol: 'none',
            label: { show: true, position: 'insideStartTop', color: c.faint, fontSize: 10, formatter: 'expedite' },
            lineStyle: { color: c.line2, type: 'dashed' },
            data: [{ yAxis: 85 }],
          },
        },
      ],
    }),
    [history],
  );
  const open = (_: number, index: number) => {
    const seq = history[index]?.factSeq;
    if (seq) void go({ to: '.', search: (s: Record<string, unknown>) => s, hash: `fact-${seq}` });
  };
  return <Chart draw={draw} height={170} label={`Priority over time, now ${history.at(-1)?.to.toFixed(0) ?? 'unknown'}`} onPoint={open} />;
}
