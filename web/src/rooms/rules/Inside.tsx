import { Link } from '@tanstack/react-router';
import { Panel } from '@/parts/Panel';
import { whole } from '@/parts/words';
import type { RuleDetail } from '@/wire/types';

/** How a correlation stands: what it is made of, what it counts, what it could not count. */
export function Inside({ rule, standing }: { rule: RuleDetail; standing: NonNullable<RuleDetail['standing']> }) {
  const figures: [string, number, string][] = [
    ['groups now', standing.groups, 'Values that it counts apart'],
    ['hits without a group', standing.missing, 'Had no value in a group-by field and were not counted'],
    ['groups given up', standing.evicted, 'There were too many at once'],
    ['entries cut', standing.cut, 'Taken out of a full window before their time'],
    ['too late', standing.late, 'Came after their window was over'],
  ];
  return (
    <Panel title="Inside">
      <div className="row wrap figures">
        {figures.map(([word, count, means]) => (
          <span key={word} className="nowrap" title={means}>
            <b className={`figure${count > 0 && word !== 'groups now' ? ' up' : ''}`}>{whole(count)}</b> <span className="dim">{word}</span>
          </span>
        ))}
      </div>
      <div className="row wrap" style={{ gap: 10 }}>
        <span className="faint">made of</span>
        {rule.parts.map((id) => (
          <Link key={id} className="numlink mono" to="/rules/$ruleId" params={{ ruleId: id }}>
            {id}
          </Link>
        ))}
      </div>
    </Panel>
  );
}
