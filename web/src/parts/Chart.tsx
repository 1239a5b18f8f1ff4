import { useComputedColorScheme } from '@mantine/core';
import { BarChart, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, LegendComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import { type ECharts, type EChartsCoreOption, init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';

use([
  LineChart,
  BarChart,
  ScatterChart,
  GridComponent,
  LegendComponent,
  TooltipComponent,
  MarkLineComponent,
  MarkAreaComponent,
  CanvasRenderer,
]);

export interface Ink {
  text: string;
  dim: string;
  faint: string;
  line: string;
  line2: string;
  amber: string;
  bad: string;
  ok: string;
  med: string;
  panel: string;
  raise: string;
  response: string;
}

function ink(): Ink {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string) => style.getPropertyValue(name).trim();
  return {
    text: of('--text'),
    dim: of('--dim'),
    faint: of('--faint'),
    line: of('--line'),
    line2: of('--line-2'),
    amber: of('--amber'),
    bad: of('--bad'),
    ok: of('--ok'),
    med: of('--med'),
    panel: of('--panel'),
    raise: of('--raise'),
    response: of('--response'),
  };
}

interface Props {
  /** Options from the present colours; must be stable (useCallback) or it redraws each render. */
  draw: (ink: Ink) => EChartsCoreOption;
  /** Pixels, or as high as its place. */
  height: number | 'fill';
  label: string;
  onPoint?: (series: number, index: number) => void;
}

/** An ECharts canvas. Tooltips are drawn as rich text, never as markup. */
export function Chart({ draw, height, label, onPoint }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts | null>(null);
  const point = useRef(onPoint);
  point.current = onPoint;
  const scheme = useComputedColorScheme('dark');

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const made = init(element, undefined, { renderer: 'canvas' });
    chart.current = made;
    made.on('click', (p) => point.current?.(p.seriesIndex ?? 0, p.dataIndex ?? 0));
    const watch = new ResizeObserver(() => made.resize());
    watch.observe(element);
    return () => {
      watch.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the colour scheme changes what ink() reads.
  useEffect(() => {
    const colours = ink();
    chart.current?.setOption(
      {
        animation: false,
        textStyle: { fontFamily: "'IBM Plex Sans Variable', sans-serif", fontSize: 11, color: colours.dim },
        ...draw(colours),
      },
      true,
    );
  }, [draw, scheme]);

  return <div ref={box} className="chart" style={{ height: height === 'fill' ? '100%' : height }} role="img" aria-label={label} />;
}

export const tooltipBase = (c: Ink) => ({
  renderMode: 'richText' as const,
  backgroundColor: c.raise,
  borderColor: c.line2,
  borderWidth: 1,
  padding: [5, 9],
  textStyle: { color: c.text, fontSize: 12 },
  confine: true,
});
export const timeAxis = (c: Ink) => ({
  type: 'time' as const,
  useUTC: true,
  axisLine: { lineStyle: { color: c.line2 } },
  axisTick: { show: false },
  axisLabel: { color: c.faint, hideOverlap: true, fontSize: 11 },
  splitLine: { show: false },
});
export const valueAxis = (c: Ink) => ({
  type: 'value' as const,
  axisLabel: { color: c.faint, fontSize: 11 },
  splitLine: { lineStyle: { color: c.line } },
  splitNumber: 3,
});
