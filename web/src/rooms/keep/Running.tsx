import { Button } from '@mantine/core';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { Hostile } from '@/parts/Hostile';
import { Answer, EmptyState } from '@/parts/states';
import { useNow } from '@/parts/TimeText';
import { span } from '@/parts/time';
import { actorWord, bytes, whole } from '@/parts/words';
import { useEndSearch, useRunning } from '@/wire/runningSearches';

/** Whose searches run or wait, and what they have cost so far. */
export function Running() {
  const running = useRunning();
  const end = useEndSearch();
  const now = useNow(1000);
  return (
    <div className="keep-scroll stack">
      <p className="dim">
        What one search may cost is set by role in the configuration (searches: seconds, rows, memoryMb, atOnce). One's own are ended by
        oneself, others' by an administrator, which is a fact.
      </p>
      <FindingList findings={findingsOf(end.error)} />
      <Answer of={running} what="the running searches">
        {(list) =>
          list.length === 0 ? (
            <EmptyState title="No search runs">
              <p>Searches stand here while they run or wait for their turn.</p>
            </EmptyState>
          ) : (
            <table className="keep-table" aria-label="Running">
              <thead>
                <tr>
                  <th>Owner</th>
                  <th>Since</th>
                  <th className="num">Rows read</th>
                  <th className="num">Read</th>
                  <th className="num">Memory</th>
                  <th>Query</th>
                  <th />
                </tr>
              </thead>
              <tbody>
                {list.map((s) => (
                  <tr key={s.searchId}>
                    <td>{actorWord(s.owner)}</td>
                    <td>
                      {span(Math.max(0, now - s.startedMs))}
                      {s.waiting && <span className="faint"> waits</span>}
                    </td>
                    <td className="num">{whole(s.readRows)}</td>
                    <td className="num">{bytes(s.readBytes)}</td>
                    <td className="num">{bytes(s.memoryBytes)}</td>
                    <td className="mono keep-query">
                      <Hostile text={s.kql} max={300} />
                    </td>
                    <td>
                      <Button
                        size="compact-xs"
                        variant="default"
                        onClick={() => end.mutate(s.searchId)}
                        aria-label={`End search ${s.searchId}`}
                      >
                        End
                      </Button>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </Answer>
    </div>
  );
}
