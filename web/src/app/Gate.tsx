import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { ErrorState, Loading } from '@/parts/states';
import { onSessionEnded } from '@/wire/call';
import { sessionQuery, useSession } from '@/wire/getSession';
import { OwnPassword } from './OwnPassword';
import { SignIn } from './SignIn';

/** Nobody passes without a session. When one ends, the sign-in stands over the same address, so the way back is kept. */
export function Gate({ children }: { children: React.ReactNode }) {
  const session = useSession();
  const cache = useQueryClient();
  const [ended, setEnded] = useState(false);
  useEffect(
    () =>
      onSessionEnded(() => {
        if (cache.getQueryData(sessionQuery.queryKey)) setEnded(true);
        cache.setQueryData(sessionQuery.queryKey, null);
      }),
    [cache],
  );
  if (session.data?.mustChange) return <OwnPassword name={session.data.name} />;
  if (session.data) return <>{children}</>;
  if (session.isPending) return <Loading what="your session" />;
  if (session.error) {
    return (
      <div style={{ height: '100vh', display: 'grid', placeItems: 'center' }}>
        <ErrorState error={session.error} retry={() => session.refetch()} what="Andon" />
      </div>
    );
  }
  return <SignIn ended={ended} />;
}
