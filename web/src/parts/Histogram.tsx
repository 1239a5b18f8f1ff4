import { useRef, useState } from 'react';
import type { Finding } from '@/wire/types';
import { SampledMark } from './SampledMark';
import { utc } from './time';
import { whole } from './words';
import './parts.css';

interface Props {
  /** `stand`: for about how many events the rows of a bar stand, where some were sampled. */
  counts: { ms: number; count: number; stand?: number | null }[];
  findings?: Finding[];
  bucketMs: number;
  height?: number;
  onRange: (fromMs: number, toMs: number) => void;
}

/** Events over time. Drag to choose a range, click a bar to choose its step. */
export function Histogram({ counts, bucketMs, findings, height = 64, onRange }: Props) {
  const box = useRef<SVGSVGElement>(null);
  const [drag, setDrag] = useState<{ a: number; b: number } | null>(null);
  const [over, setOver] = useState<number | null>(null);
  const n = counts.length;
  if (n === 0) return null;
  const max = Math.max(1, ...counts.map((c) => c.count));
  const at = (e: React.PointerEvent) => {
    const r = box.current?.getBoundingClientRect();
    return r ? Math.max(0, Math.min(n - 1, Math.floor(((e.clientX - r.left) / r.width) * n))) : 0;
  };
  const end = () => {
    if (!drag) return;
    const [a, b] = [Math.min(drag.a, drag.b), Math.max(drag.a, drag.b)];
    setDrag(null);
    const first = counts[a];
    const last = counts[b];
    if (first && last) onRange(first.ms, last.ms + bucketMs);
  };
  const seen = over !== null ? counts[over] : undefined;
  return (
    <div className="hist">
      <svg
        ref={box}
        height={height}
        viewBox={`0 0 ${n} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Events over time, highest ${whole(max)} in one step. Drag to choose a time range.`}
        onPointerDown={(e) => {
          e.currentTarget.setPointerCapture(e.pointerId);
          setDrag({ a: at(e), b: at(e) });
        }}
        onPointerMove={(e) => {
          setOver(at(e));
          if (drag) setDrag({ ...drag, b: at(e) });
        }}
        onPointerUp={end}
        onPointerLeave={() => setOver(null)}
      >
        <line x1="0" x2={n} y1={height - 0.5} y2={height - 0.5} className="base" vectorEffect="non-scaling-stroke" />
        {counts.map((c, i) => {
          const h = c.count > 0 ? Math.max(1.5, (c.count / max) * (height - 4)) : 0;
          return (
            <rect
              key={c.ms}
              className="bar"
              x={i + 0.08}
              width={0.84}
              y={height - h}
              height={h}
              style={over === i ? { fill: 'var(--amber)', opacity: 1 } : undefined}
            />
          );
        })}
        {drag && <rect className="sel" x={Math.min(drag.a, drag.b)} width={Math.abs(drag.a - drag.b) + 1} y="0" height={height} />}
      </svg>
      {seen && over !== null && (
        <div className="hist-tip" style={{ left: `${Math.max(9, Math.min(91, ((over + 0.5) / n) * 100))}%` }}>
          <b>{whole(seen.count)}</b>
          {typeof seen.stand === 'number' && seen.stand !== seen.count && ` rows for about ${whole(seen.stand)} events`}{' '}
          <span className="faint">from {utc(seen.ms)}</span>
        </div>
      )}
      <div className="hist-axis">
        <span>{utc(counts[0]?.ms ?? 0, false)}</span>
        <span>
          {counts.some((c) => c.count > 0) ? `${whole(max)} at most per bar` : 'no events'} <SampledMark findings={findings} />
        </span>
        <span>{utc((counts[n - 1]?.ms ?? 0) + bucketMs, false)}</span>
      </div>
    </div>
  );
}
