/** The band a priority stands in: from 85 it is expedite (may break a WIP limit), from 50 it is hot. */
export const band = (priority: number) => (priority >= 85 ? 'expedite' : priority >= 50 ? 'hot' : priority >= 20 ? 'warm' : 'calm');

export function Priority({ value, large = false }: { value: number; large?: boolean }) {
  const shown = Number.isFinite(value) ? Math.round(value) : 0;
  return (
    <span className={`prio prio-${band(value)}${large ? ' prio-large' : ''}`} role="img" aria-label={`Priority ${shown} of 100`}>
      <span className="prio-num">{shown}</span>
      <svg className="prio-bar" viewBox="0 0 4 40" preserveAspectRatio="none" aria-hidden="true">
        <rect width="4" height="40" className="prio-rest" />
        <rect y={40 - shown * 0.4} width="4" height={shown * 0.4} fill="currentColor" />
      </svg>
    </span>
  );
}
