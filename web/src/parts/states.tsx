import { Button } from '@mantine/core';
import { IconAlertTriangle, IconLock, IconMoodEmpty } from '@tabler/icons-react';
import { Refusal } from '@/wire/call';
import { FindingView, findingsOf } from './FindingView';
import './parts.css';

export function Loading({ what }: { what: string }) {
  return (
    <div className="loading" role="status">
      Loading {what} …
    </div>
  );
}

export function EmptyState({
  title,
  children,
  icon: Icon = IconMoodEmpty,
}: {
  title: string;
  children?: React.ReactNode;
  icon?: typeof IconMoodEmpty;
}) {
  return (
    <div className="state">
      <Icon size={26} stroke={1.3} />
      <h3>{title}</h3>
      {children}
    </div>
  );
}

export function ErrorState({ error, retry, what }: { error: unknown; retry?: () => void; what: string }) {
  // A share link opened by somebody of another role: no fault, and trying again changes nothing.
  const refused = error instanceof Refusal && error.status === 403;
  return (
    <div className="state" role="alert">
      {refused ? <IconLock size={26} stroke={1.3} /> : <IconAlertTriangle size={26} stroke={1.3} />}
      <h3>{refused ? `Your role does not show you ${what}` : `Could not load ${what}`}</h3>
      <div style={{ textAlign: 'left', width: '100%' }}>
        {findingsOf(error).map((f, i) => (
          <FindingView key={i} finding={f} />
        ))}
      </div>
      {retry && !refused && (
        <Button variant="default" onClick={retry}>
          Try again
        </Button>
      )}
    </div>
  );
}

interface Asked<T> {
  data: T | undefined;
  error: unknown;
  isPending: boolean;
  refetch: () => unknown;
}

/** Data, or words about why there is none yet. Old data stays in view while a reload fails. */
export function Answer<T>({ of, what, children }: { of: Asked<T>; what: string; children: (data: T) => React.ReactNode }) {
  if (of.data !== undefined) return <>{children(of.data)}</>;
  if (of.error) return <ErrorState error={of.error} retry={() => of.refetch()} what={what} />;
  return <Loading what={what} />;
}
