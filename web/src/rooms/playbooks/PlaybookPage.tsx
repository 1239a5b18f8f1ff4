import { Link, useParams } from '@tanstack/react-router';
import { FindingList } from '@/parts/FindingView';
import { Hostile } from '@/parts/Hostile';
import { Panel } from '@/parts/Panel';
import { Answer } from '@/parts/states';
import { TimeText } from '@/parts/TimeText';
import { whole } from '@/parts/words';
import { usePlaybook } from '@/wire/getPlaybook';
import type { PlaybookDetail } from '@/wire/types';
import './playbooks.css';

export default function PlaybookPage() {
  const { playbookId } = useParams({ from: '/playbooks/$playbookId' });
  const playbook = usePlaybook(playbookId);
  return (
    <Answer of={playbook} what="the playbook">
      {(p) => (
        <div className="page">
          <header className="page-head">
            <Link className="dim" to="/playbooks">
              Playbooks
            </Link>
            <span className="faint">/</span>
            <h1>
              <Hostile text={p.name} />
            </h1>
          </header>
          <div className="page-body scroll">
            <div className="split">
              <Steps playbook={p} />
              <Panel title="About">
                <p style={{ margin: '0 0 12px' }}>
                  <Hostile text={p.description} />
                </p>
                <dl className="kv">
                  <dt>Version</dt>
                  <dd>{p.version}</dd>
                  <dt>Runs</dt>
                  <dd>{whole(p.runs)}</dd>
                  <dt>Last run</dt>
                  <dd>
                    <TimeText ms={p.lastRunMs} />
                  </dd>
                  <dt>Rules</dt>
                  <dd>
                    {p.ruleIds.length === 0 && <span className="up">none names it</span>}
                    {p.ruleIds.map((id) => (
                      <div key={id}>
                        <Link className="numlink mono" to="/rules/$ruleId" params={{ ruleId: id }}>
                          {id}
                        </Link>
                      </div>
                    ))}
                  </dd>
                  <dt>Id</dt>
                  <dd className="mono">{p.playbookId}</dd>
                </dl>
                <FindingList findings={p.findings} />
              </Panel>
            </div>
          </div>
        </div>
      )}
    </Answer>
  );
}

function Steps({ playbook }: { playbook: PlaybookDetail }) {
  const steps = playbook.steps ?? [];
  if (steps.length === 0) {
    const json = playbook.json;
    return (
      <Panel title="Text">
        <pre className="json">
          <Hostile text={JSON.stringify(json ?? playbook, null, 2)} lines />
        </pre>
      </Panel>
    );
  }
  return (
    <Panel title="Steps" aside={<span className="faint">in the order of the success path</span>}>
      <ol className="pb-steps">
        {steps.map((s) => (
          <li key={s.stepId}>
            <div className="row wrap" style={{ gap: 10 }}>
              <span className="strong">
                <Hostile text={s.name} />
              </span>
              <span className="tag">{s.kind}</span>
              {s.effect && <span className="faint">{s.effect}</span>}
            </div>
            {s.command && (
              <pre className="code pb-command">
                <Hostile text={s.command} lines />
              </pre>
            )}
          </li>
        ))}
      </ol>
    </Panel>
  );
}
