import { Tooltip } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import './parts.css';

/** Opens the fact behind something that is shown; the address holds it, so it can be sent to a colleague. */
export function FactLink({ seq, children }: { seq: number | null | undefined; children?: React.ReactNode }) {
  if (!seq) return children ? <>{children}</> : null;
  return (
    <Tooltip label={`Fact ${seq}: who, when, why`}>
      <Link
        to="."
        search={(s: Record<string, unknown>) => s}
        hash={`fact-${seq}`}
        className={children ? 'numlink' : 'factlink'}
        onClick={(e) => e.stopPropagation()}
      >
        {children ?? `#${seq}`}
      </Link>
    </Tooltip>
  );
}
