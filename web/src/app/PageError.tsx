import { useEffect } from 'react';
import { ErrorState } from '@/parts/states';
import { isReady } from '@/wire/isReady';
import { isLostPart, mayReload } from './lostPart';

const patienceMs = 3_000;

/**
 * A page that threw. When a part of the console itself did not arrive (Andon was away, or is another version since), asking the page again helps
 * nothing: the browser keeps the failure. As soon as Andon answers, the whole is loaded anew.
 */
export function PageError({ error, reset }: { error: unknown; reset: () => void }) {
  const lost = isLostPart(error);
  useEffect(() => {
    if (!lost) return;
    const ask = setInterval(async () => {
      if ((await isReady()) && mayReload(sessionStorage, Date.now())) location.reload();
    }, patienceMs);
    return () => clearInterval(ask);
  }, [lost]);
  return <ErrorState error={error} retry={lost ? () => location.reload() : reset} what="this page" />;
}
