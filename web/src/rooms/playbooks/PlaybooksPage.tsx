import { Link } from '@tanstack/react-router';
import { FindingList } from '@/parts/FindingView';
import { Hostile } from '@/parts/Hostile';
import { Num } from '@/parts/Num';
import { Panel } from '@/parts/Panel';
import { Answer, EmptyState } from '@/parts/states';
import { TimeText } from '@/parts/TimeText';
import { many, whole } from '@/parts/words';
import { usePlaybooks } from '@/wire/getPlaybooks';
import { useRules } from '@/wire/getRules';
import type { Playbook, PlaybookBook } from '@/wire/types';
import './playbooks.css';

export default function PlaybooksPage() {
  const book = usePlaybooks();
  return (
    <div className="page">
      <header className="page-head">
        <h1>Playbooks</h1>
        {book.data && <span className="dim">{many(book.data.playbooks.length, 'playbook')}; a rule names its playbook</span>}
      </header>
      <div className="page-body scroll">
        <Answer of={book} what="the playbooks">
          {(b) => (
            <div className="split">
              <Panel title="Library" flush>
                {b.playbooks.length === 0 ? (
                  <EmptyState title="No playbook yet">
                    <p>Put CACAO 2.0 playbooks into the content folder; they are checked and loaded at start.</p>
                  </EmptyState>
                ) : (
                  <Library list={b.playbooks} />
                )}
              </Panel>
              <div className="stack" style={{ gap: 14 }}>
                <Coverage book={b} />
                {(b.refused ?? []).length > 0 && (
                  <Panel title="Refused files">
                    <FindingList findings={b.refused} />
                  </Panel>
                )}
              </div>
            </div>
          )}
        </Answer>
      </div>
    </div>
  );
}

function Library({ list }: { list: Playbook[] }) {
  const rules = useRules().data?.rules;
  const title = (id: string) => rules?.find((r) => r.ruleId === id)?.title ?? id;
  return (
    <table className="plain-table library">
      <thead>
        <tr>
          <th>Playbook</th>
          <th>For the rules</th>
          <th>Version</th>
          <th className="num">Runs</th>
          <th>Last run</th>
        </tr>
      </thead>
      <tbody>
        {list.map((p) => (
          <tr key={p.playbookId}>
            <td>
              <Link className="strong numlink" to="/playbooks/$playbookId" params={{ playbookId: p.playbookId }}>
                <Hostile text={p.name} />
              </Link>
              <div className="dim">
                <Hostile text={p.description} max={160} />
              </div>
              <FindingList findings={p.findings} />
            </td>
            <td>
              {p.ruleIds.length === 0 && <span className="up">no rule</span>}
              {p.ruleIds.map((id) => (
                <div key={id}>
                  <Link className="numlink" to="/rules/$ruleId" params={{ ruleId: id }}>
                    <Hostile text={title(id)} max={80} />
                  </Link>
                </div>
              ))}
            </td>
            <td className="nowrap dim">{p.version.slice(0, 10)}</td>
            <td className="num">
              <Num means="Runs of this playbook, all versions">{whole(p.runs)}</Num>
            </td>
            <td className="nowrap">
              <TimeText ms={p.lastRunMs} form="ago" />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Coverage({ book }: { book: PlaybookBook }) {
  const rules = useRules().data?.rules;
  const without = book.coverage.rulesWithout.map((r) =>
    typeof r === 'string' ? { ruleId: r, title: rules?.find((x) => x.ruleId === r)?.title ?? r } : r,
  );
  const idle = book.coverage.playbooksWithoutRule.map((p) =>
    typeof p === 'string' ? { playbookId: p, name: book.playbooks.find((x) => x.playbookId === p)?.name ?? p } : p,
  );
  const production = rules?.filter((r) => r.queue === 'production').length ?? 0;
  const covered = Math.max(0, production - without.length);
  return (
    <Panel title="Coverage" aside={<span className="faint">production rules that have a playbook</span>}>
      {production > 0 && (
        <div style={{ marginBottom: 12 }}>
          <div className="cover-bar" role="img" aria-label={`${covered} of ${production} rules covered`}>
            <i style={{ width: `${(covered / production) * 100}%` }} />
          </div>
          <div className="dim">
            <b style={{ color: 'var(--text)' }}>{covered}</b> of {production} covered
          </div>
        </div>
      )}
      <div className="label">Rules without a playbook: {without.length}</div>
      <ul className="cover-list">
        {without.map((r) => (
          <li key={r.ruleId}>
            <Link className="numlink" to="/rules/$ruleId" params={{ ruleId: r.ruleId }}>
              <Hostile text={r.title} max={90} />
            </Link>
          </li>
        ))}
      </ul>
      <div className="label" style={{ marginTop: 12 }}>
        Playbooks that no rule names: {idle.length}
      </div>
      <ul className="cover-list">
        {idle.map((p) => (
          <li key={p.playbookId}>
            <Link className="numlink" to="/playbooks/$playbookId" params={{ playbookId: p.playbookId }}>
              <Hostile text={p.name} />
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
