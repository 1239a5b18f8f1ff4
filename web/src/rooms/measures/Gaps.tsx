import { Tooltip } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { EmptyState } from '@/parts/states';
import { many, signed, whole } from '@/parts/words';
import type { Gap } from '@/wire/types';
import { figure } from './words';

export function Gaps({ list }: { list: Gap[] }) {
  if (list.length === 0) {
    return (
      <EmptyState title="No gap recorded in this time">
        <p>Each true positive that closes names the controls that failed. They are ranked here by what they cost.</p>
      </EmptyState>
    );
  }
  const ranked = [...list].sort((a, b) => b.score - a.score);
  const max = Math.max(1, ...ranked.flatMap((g) => [g.score, g.previousScore]));
  return (
    <table className="gaps">
      <thead>
        <tr>
          <th>Control</th>
          <th>Score; the tick is the period before</th>
          <th className="num">Score</th>
          <th className="num">Change</th>
          <th className="num">Effort</th>
          <th className="num">Cases</th>
        </tr>
      </thead>
      <tbody>
        {ranked.map((g) => (
          <tr key={g.control}>
            <td>
              <Link className="strong numlink" to="/cases" search={{ state: 'closed', ids: g.caseIds.join(',') }}>
                {g.name}
              </Link>
              <span className="faint mono"> {g.control}</span>
            </td>
            <td className="gap-bar">
              <Tooltip
                label={`Score ${figure(g.score)}: effort and impact of ${many(g.cases, 'case')} in which this control failed. Before: ${figure(g.previousScore)}.`}
              >
                <div>
                  <i style={{ width: `${(g.score / max) * 100}%` }} />
                  <b style={{ left: `${(g.previousScore / max) * 100}%` }} />
                </div>
              </Tooltip>
            </td>
            <td className="num">{figure(g.score)}</td>
            <td className={`num ${g.delta > 0 ? 'up' : g.delta < 0 ? 'down' : 'faint'}`}>
              {g.delta > 0 ? '↑' : g.delta < 0 ? '↓' : '→'} {signed(g.delta)} {g.delta > 0 ? 'worse' : g.delta < 0 ? 'better' : 'same'}
            </td>
            <td className="num">{g.effortMinutes >= 120 ? `${figure(g.effortMinutes / 60)} h` : `${whole(g.effortMinutes)} min`}</td>
            <td className="num">
              <Link className="numlink" to="/cases" search={{ state: 'closed', ids: g.caseIds.join(',') }}>
                {whole(g.cases)}
              </Link>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
