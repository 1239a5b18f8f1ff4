import { IconLayoutKanban } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { Doors } from '@/parts/Doors';
import { EmptyState } from '@/parts/states';
import { many } from '@/parts/words';

export function BoardEmpty({ closed24h }: { closed24h: number }) {
  return (
    <EmptyState title="No open case" icon={IconLayoutKanban}>
      <p>
        A card appears here when a rule of the production queue matches what your sources send. Signals that share a host, a user or an
        address join one card, and the best card stands on top. {closed24h > 0 && `${many(closed24h, 'case')} closed in the last 24 h.`}
      </p>
      <p>
        <Link className="link" to="/sources">
          Sources
        </Link>{' '}
        appear by themselves with their first record. These doors are open:
      </p>
      <Doors only={['syslog-tcp', 'syslog-tls', 'bulk']} />
    </EmptyState>
  );
}
