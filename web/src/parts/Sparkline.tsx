/** Bars, one a step; an empty step keeps a hairline so that gaps are seen. */
export function Sparkline({
  values,
  width = 72,
  height = 18,
  label,
  step = 'h',
  linear = false,
}: {
  values: number[];
  width?: number;
  height?: number;
  label: string;
  step?: string;
  linear?: boolean;
}) {
  const max = Math.max(1, ...values);
  const w = width / Math.max(1, values.length);
  return (
    <svg
      className="spark"
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={`${label}: highest ${max} in one ${step}`}
    >
      {values.map((v, i) => {
        // The square root keeps one bar visible beside a flood a thousand times its size.
        const h = v > 0 ? Math.max(1.5, (linear ? v / max : Math.sqrt(v / max)) * height) : 0.75;
        return <rect key={i} x={i * w} y={height - h} width={Math.max(0.8, w - 0.8)} height={h} className={v > 0 ? 'on' : 'off'} />;
      })}
    </svg>
  );
}
