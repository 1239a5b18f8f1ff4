import { useCallback } from 'react';
import { Chart, type Ink, timeAxis, tooltipBase, valueAxis } from '@/parts/Chart';
import { utcDay } from '@/parts/time';
import { whole } from '@/parts/words';

export function HitsChart({ hits }: { hits: { dayMs: number; count: number }[] }) {
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
