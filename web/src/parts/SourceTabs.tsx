import { Link, useRouterState } from '@tanstack/react-router';
import './parts.css';

const pages = [
  ['/sources', 'Sources', 'What sends logs, and how it does'],
  ['/parsers', 'Parsers', 'What makes fields of lines'],
  ['/quality', 'Quality', 'Coverage, quality, continuity, retention, cost and loss, part by part'],
  ['/backlog', 'Backlog', 'Log sources that rules wait for'],
] as const;

/** The four pages about what comes in, beside each other in the head of each. */
export function SourceTabs() {
  const path = useRouterState({ select: (s) => s.location.pathname });
  return (
    <nav className="page-tabs" aria-label="What comes in">
      <h1 className="sr-only">{pages.find(([to]) => to === path)?.[1]}</h1>
      {pages.map(([to, word, meaning]) => (
        <Link
          key={to}
          to={to}
          title={meaning}
          className="page-tab"
          activeOptions={{ exact: true, includeSearch: false }}
          activeProps={{ className: 'page-tab on', 'aria-current': 'page' }}
        >
          {word}
        </Link>
      ))}
    </nav>
  );
}
