import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { Hostile } from '@/parts/Hostile';
import { Panel } from '@/parts/Panel';
import { Priority } from '@/parts/Priority';
import { laneWords } from '@/parts/words';
import { useBoard } from '@/wire/getBoard';
import type { Card } from '@/wire/types';

/** The cards on the board by their ids: what another case is called, without asking for each. */
export function useCards(): Map<string, Card> {
  const board = useBoard().data;
  return useMemo(() => new Map(board?.lanes.flatMap((l) => l.cards).map((c) => [c.caseId, c])), [board]);
}

/** Open cases that share something rare with this one. */
export function Related({ card }: { card: Card }) {
  const cards = useCards();
  if (card.relatedTo.length === 0) return null;
  return (
    <Panel title="Related cases" aside={<span className="faint">open, and they share something rare with this one</span>} flush>
      <table className="plain-table related">
        <tbody>
          {card.relatedTo.map((id) => {
            const other = cards.get(id);
            return (
              <tr key={id}>
                <td className="num">{other && <Priority value={other.priority} />}</td>
                <td className="faint num">{other ? `#${other.number}` : id}</td>
                <td className="related-title">
                  <Link className="numlink" to="/cases/$caseId" params={{ caseId: id }}>
                    {other ? <Hostile text={other.title} max={160} /> : `Case ${id}, not on the board`}
                  </Link>
                </td>
                <td className="dim">{other && laneWords[other.lane].title}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Panel>
  );
}
