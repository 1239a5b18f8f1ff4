import { useCallback } from 'react';
import { Chart, type Ink, timeAxis, tooltipBase, valueAxis } from '@/parts/Chart';
import { utc } from '@/parts/time';
import type { Metric } from '@/wire/types';
import { countText, valueText } from './words';

/** The value over the period; a step without one stays open, it is not drawn as zero. */
export function Series({ metric: m }: { metric: Metric }) {
  const draw = useCallback(
    (c: Ink) => ({
      grid: { left: 44, right: 6, top: 8, bottom: 18 },
      xAxis: { ...timeAxis(c), splitNumber: 3, axisLabel: { ...timeAxis(c).axisLabel, fontSize: 10 } },
      yAxis: {
        ...valueAxis(c),
        splitNumber: 2,
        axisLabel: { color: c.faint, fontSize: 10, formatter: (v: number) => valueText(m.unit, v) },
      },
      tooltip: {
        ...tooltipBase(c),
        trigger: 'axis',
        formatter: (p: { dataIndex: number }[]) => {
          const s = m.series[p[0]?.dataIndex ?? 0];
          if (!s) return '';
          const v = s.value;
          return `${v === null || v === undefined ? 'no value' : valueText(m.unit, v)}, ${countText(s.n, s.d)}\nfrom ${utc(s.ms, false)}`;
        },
      },
      series: [
        {
          type: 'line',
          data: m.series.map((s) => [s.ms, s.value ?? null]),
          connectNulls: false,
          symbol: 'circle',
          symbolSize: 4,
          lineStyle: { color: c.text, width: 1.5 },
          itemStyle: { color: c.text },
          markLine:
            m.previous.value === null || m.previous.value === undefined
              ? undefined
              : {
                  silent: true,
                  symbol: 'none',
                  label: { show: false },
                  lineStyle: { color: c.faint, type: 'dashed' },
                  data: [{ yAxis: m.previous.value }],
                },
        },
      ],
    }),
    [m],
  );
  return <Chart draw={draw} height={84} label={`${m.title} over time; the dashed line is the value of the period before`} />;
}
