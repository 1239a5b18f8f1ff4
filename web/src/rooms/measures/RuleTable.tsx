import { Link } from '@tanstack/react-router';
import { Hostile } from '@/parts/Hostile';
import type { Metric } from '@/wire/types';
import { countText, deltaText, type RuleLine, turnOf, valueText } from './words';

const kinds = [
  ['precision', 'Precision', 'true / (true + false)'],
  ['true', 'True', 'of the cases closed with a verdict'],
  ['benign', 'Benign', 'of the cases closed with a verdict'],
  ['false', 'False', 'of the cases closed with a verdict'],
] as const;

/** What the verdicts say of each rule that had a part in a closed case. */
export function RuleTable({ lines }: { lines: RuleLine[] }) {
  return (
    <table className="plain-table rule-measures">
      <thead>
        <tr>
          <th>Rule</th>
          {kinds.map(([key, title, meaning]) => (
            <th key={key} className="num" title={meaning}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {lines.map((l) => (
          <tr key={l.ruleId}>
            <td>
              <Link className="numlink" to="/rules/$ruleId" params={{ ruleId: l.ruleId }}>
                <Hostile text={l.title} max={120} />
              </Link>
            </td>
            {kinds.map(([key]) => (
              <td key={key} className="num">
                <Cell metric={l.of[key]} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Cell({ metric: m }: { metric?: Metric }) {
  if (!m || m.d + m.previous.d === 0) return <span className="faint">–</span>;
  const turn = turnOf(m);
  return (
    <span title={`${countText(m.n, m.d)}; before ${countText(m.previous.n, m.previous.d)}`}>
      {m.value !== null && m.value !== undefined && !m.smallN ? valueText(m.unit, m.value) : countText(m.n, m.d)}
      {turn !== 'unknown' && turn !== 'same' && (
        <span className={`vector-change ${turn}`}>
          {' '}
          {(m.delta ?? 0) > 0 ? '↑' : '↓'} {deltaText(m.unit, m.delta ?? 0)}
        </span>
      )}
    </span>
  );
}
