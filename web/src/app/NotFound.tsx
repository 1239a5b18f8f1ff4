import { IconMapQuestion } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { EmptyState } from '@/parts/states';

export function NotFound() {
  return (
    <EmptyState title="There is nothing at this address" icon={IconMapQuestion}>
      <p>
        The link may be old, or mistyped. Go to the{' '}
        <Link className="link" to="/board">
          board
        </Link>
        , or press <span className="kbd">Ctrl K</span> and type where you want to go.
      </p>
    </EmptyState>
  );
}
