import { Link, useParams } from '@tanstack/react-router';
import { FindingList } from '@/parts/FindingView';
import { Hostile } from '@/parts/Hostile';
import { Panel } from '@/parts/Panel';
import { Answer } from '@/parts/states';
import { TimeText } from '@/parts/TimeText';
import { whole } from '@/parts/words';
import { usePlaybook } from '@/wire/getPlaybook';
import type { PlaybookDetail, PlaybookStep } from '@/wire/types';
import './playbooks.css';

export default function PlaybookPage() {
  const { playbookId } = useParams({ from: '/playbooks/$playbookId' });
  const playbook = usePlaybook(playbookId);
  return (
    <Answer of={playbook} what="the playbook">
      {(detail) => <Inside detail={detail} />}
    </Answer>
  );
}

function Inside({ detail }: { detail: PlaybookDetail }) {
  const p = detail.playbook;
  return (
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
          <Steps detail={detail} />
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
  );
}

function Steps({ detail }: { detail: PlaybookDetail }) {
  const name = (id: string) => detail.steps.find((s) => s.stepId === id)?.name ?? id;
  return (
    <div className="stack" style={{ gap: 14 }}>
      <Panel title="Steps">
        <ol className="pb-steps">
          {detail.steps.map((s) => (
            <li key={s.stepId}>
              <div className="row wrap" style={{ gap: 10 }}>
                <span className="strong">
                  <Hostile text={s.name || s.kind} />
                </span>
                <span className="tag">{s.kind}</span>
                {s.effect && <span className="faint">{s.effect}</span>}
                <span className="faint">
                  {nextOf(s)
                    .map(([when, to]) => `${when}${name(to)}`)
                    .join(' · ')}
                </span>
              </div>
              {s.description && (
                <div className="dim">
                  <Hostile text={s.description} lines />
                </div>
              )}
              {(s.text || s.condition) && (
                <pre className="code pb-command">
                  <Hostile text={s.text || s.condition || ''} lines />
                </pre>
              )}
            </li>
          ))}
        </ol>
      </Panel>
      <Panel title="YAML" aside={<span className="faint mono">{detail.hash.slice(0, 12)}</span>}>
        <pre className="code pb-command">
          <Hostile text={detail.yaml} lines />
        </pre>
      </Panel>
    </div>
  );
}

/** Where a step leads, in words. */
const nextOf = (s: PlaybookStep): [string, string][] =>
  (
    [
      ['then ', s.onCompletion],
      ['if it succeeds ', s.onSuccess],
      ['if it fails ', s.onFailure],
      ['if true ', s.onTrue],
      ['if false ', s.onFalse],
    ] as [string, string | null | undefined][]
  ).filter((p): p is [string, string] => !!p[1]);
