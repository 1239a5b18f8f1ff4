import { useDroppable } from '@dnd-kit/core';
import { Tooltip } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { forwardRef } from 'react';
import { many } from '@/parts/words';

export function ClosedLane({ count, closed24h }: { count: number; closed24h: number }) {
  return (
    <Tooltip label={`${many(closed24h, 'case')} closed in the last 24 h. Drop a card here to close it.`} position="left">
      <ClosedDrop>
        <span className="closed-count">{closed24h || count}</span>
        <span className="closed-word">Closed, 24 h</span>
      </ClosedDrop>
    </Tooltip>
  );
}

const ClosedDrop = forwardRef<HTMLAnchorElement, { children: React.ReactNode }>(function ClosedDrop({ children, ...rest }, ref) {
  const { setNodeRef, isOver } = useDroppable({ id: 'closed' });
  return (
    <div ref={setNodeRef} className={`closed${isOver ? ' target' : ''}`}>
      <Link ref={ref} to="/cases" search={{ state: 'closed' }} {...rest}>
        {children}
      </Link>
    </div>
  );
});
