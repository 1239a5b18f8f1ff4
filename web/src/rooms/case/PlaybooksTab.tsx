import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Boundary } from '@/parts/Boundary';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { Hostile } from '@/parts/Hostile';
import { Panel } from '@/parts/Panel';
import { Answer, EmptyState } from '@/parts/states';
import { TimeText } from '@/parts/TimeText';
import { many, runWords } from '@/parts/words';
import { useCasePlaybooks } from '@/wire/getCasePlaybooks';
import { useCaseRuns } from '@/wire/getCaseRuns';
import { useStartRun } from '@/wire/startRun';
import { RunView } from './RunView';

export function PlaybooksTab({ caseId, runId, show }: { caseId: string; runId?: string; show: (runId: string) => void }) {
  const bound = useCasePlaybooks(caseId);
  const runs = useCaseRuns(caseId);
  const start = useStartRun(caseId);
  const cache = useQueryClient();
  const list = [...(runs.data ?? [])].sort((a, b) => b.startedMs - a.startedMs);
  const open = list.find((r) => r.runId === runId) ?? list[0];
  const begin = (playbookId: string) =>
    start.mutate(playbookId, {
      onSuccess: (run) => {
        cache.setQueryData(['run', run.runId], run);
        show(run.runId);
      },
    });
  return (
    <div className="playtab">
      <div className="stack" style={{ gap: 14 }}>
        <Panel title="For this case" aside={<span className="faint">named by its rules</span>}>
          <Answer of={bound} what="playbooks">
            {(books) =>
              books.length === 0 ? (
                <p className="dim">
                  No playbook names a rule of this case. See{' '}
                  <Link className="link" to="/playbooks">
                    coverage
                  </Link>
                  .
                </p>
              ) : (
                books.map((b) => (
                  <div key={b.playbookId} className="play-choice">
                    <div className="grow">
                      <Link to="/playbooks/$playbookId" params={{ playbookId: b.playbookId }} className="strong numlink">
                        <Hostile text={b.name} />
                      </Link>
                      <div className="dim">
                        <Hostile text={b.description} max={160} />
                      </div>
                      <div className="faint">
                        {many(b.runs, 'run')}
                        {b.lastRunMs ? (
                          <>
                            , last <TimeText ms={b.lastRunMs} form="ago" />
                          </>
                        ) : null}
                      </div>
                    </div>
                    <Button onClick={() => begin(b.playbookId)} loading={start.isPending && start.variables === b.playbookId}>
                      Run
                    </Button>
                  </div>
                ))
              )
            }
          </Answer>
          <FindingList findings={findingsOf(start.error)} />
        </Panel>
        {list.length > 0 && (
          <Panel title="Runs">
            {list.map((r) => (
              <button
                key={r.runId}
                type="button"
                className={`bare run-choice${r.runId === open?.runId ? ' on' : ''}`}
                onClick={() => show(r.runId)}
              >
                <span className={`run-state run-${r.state}`}>{runWords[r.state] ?? r.state}</span>
                <span className="cut grow">
                  <Hostile text={r.name} />
                </span>
                <span className="faint">
                  <TimeText ms={r.startedMs} form="ago" />
                </span>
              </button>
            ))}
          </Panel>
        )}
      </div>
      <div className="run-view" style={{ minWidth: 0 }}>
        {open ? (
          <Boundary what="This run" reset={open.runId}>
            <RunView runId={open.runId} given={open} />
          </Boundary>
        ) : (
          <EmptyState title="No run yet">
            <p>Run a playbook: each step shows what it will do before it does it, and waits where a person must answer.</p>
          </EmptyState>
        )}
      </div>
    </div>
  );
}
