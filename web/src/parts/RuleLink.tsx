import { Link } from '@tanstack/react-router';
import { Hostile } from './Hostile';

/** To the rule that made an alert; or to the search, when a scheduled search did. */
export function RuleLink({ ruleId, title, max }: { ruleId: string; title: string; max?: number }) {
  const text = <Hostile text={title} max={max} />;
  return ruleId.startsWith('search:') ? (
    <Link className="strong numlink" to="/search" search={{ s: ruleId.slice('search:'.length) }} title="A scheduled search">
      {text}
    </Link>
  ) : (
    <Link className="strong numlink" to="/rules/$ruleId" params={{ ruleId }}>
      {text}
    </Link>
  );
}
