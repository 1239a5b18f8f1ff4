import { IconLayoutKanban } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { EmptyState } from '@/parts/states';
import { many } from '@/parts/words';

export function BoardEmpty({ closed24h }: { closed24h: number }) {
  return (
    <EmptyState title="No open case" icon={IconLayoutKanban}>
      <p>
        A card appears here when a rule of the production queue matches what your sources send. Signals that share a host, a user or an
        address join one card, and the best card stands on top. {closed24h > 0 && `${many(closed24h, 'case')} closed in the last 24 h.`}
      </p>
      <table className="plain-table" style={{ textAlign: 'left', marginTop: 8 }}>
        <tbody>
          <tr>
            <td className="nowrap dim">Send syslog</td>
            <td className="mono">logger --server {location.hostname} --port 5514 --tcp --octet-count hello</td>
          </tr>
          <tr>
            <td className="nowrap dim">Send JSON</td>
            <td className="mono">curl -H "Authorization: Bearer TOKEN" --data-binary @events.ndjson {location.origin}/_bulk</td>
          </tr>
          <tr>
            <td className="nowrap dim">See what came</td>
            <td>
              <Link className="link" to="/sources">
                Sources
              </Link>{' '}
              appear by themselves with their first record.
            </td>
          </tr>
        </tbody>
      </table>
    </EmptyState>
  );
}
