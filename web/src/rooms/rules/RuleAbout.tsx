import { Hostile } from '@/parts/Hostile';
import { Panel } from '@/parts/Panel';
import { TechniqueName } from '@/parts/TechniqueName';
import type { RuleDetail } from '@/wire/types';

/** Who wrote it, under which terms, for which log, with what known errors. */
export function RuleAbout({ rule }: { rule: RuleDetail }) {
  return (
    <Panel title="About">
      <p style={{ margin: '0 0 12px', overflowWrap: 'anywhere' }}>
        <Hostile text={rule.description} lines />
      </p>
      <dl className="kv">
        <dt>Author</dt>
        <dd>{rule.credit.author ? <Hostile text={rule.credit.author} /> : <span className="faint">not stated</span>}</dd>
        <dt>Licence</dt>
        <dd>{rule.credit.license || <span className="faint">not stated</span>}</dd>
        {rule.credit.modified && (
          <>
            <dt>Modified</dt>
            <dd>
              <Hostile text={rule.credit.modified} />
            </dd>
          </>
        )}
        <dt>Status</dt>
        <dd>{rule.status || <span className="faint">not stated</span>}</dd>
        {rule.kind === 'rule' && (
          <>
            <dt>Log</dt>
            <dd>{[rule.product, rule.category, rule.service].filter(Boolean).join(' · ')}</dd>
          </>
        )}
        <dt>Condition</dt>
        <dd className="mono">
          <Hostile text={rule.condition} max={600} />
        </dd>
        <dt>Tags</dt>
        <dd className="row wrap" style={{ gap: 4 }}>
          {rule.tags.map((t) => (
            <span key={t} className="tag">
              {/^attack\.t\d{4}(\.\d{3})?$/i.test(t) ? <TechniqueName id={t.slice(7)} /> : <Hostile text={t} />}
            </span>
          ))}
        </dd>
        <dt>Id</dt>
        <dd className="mono">{rule.ruleId}</dd>
        {rule.falsePositives.length > 0 && (
          <>
            <dt>False positives</dt>
            <dd>
              {rule.falsePositives.map((t) => (
                <div key={t}>
                  <Hostile text={t} />
                </div>
              ))}
            </dd>
          </>
        )}
        {rule.references.length > 0 && (
          <>
            <dt>References</dt>
            <dd>
              {rule.references.map((r) => (
                <Reference key={r} address={r} />
              ))}
            </dd>
          </>
        )}
      </dl>
    </Panel>
  );
}

/** A rule's author wrote the address: only web addresses become links. */
function Reference({ address }: { address: string }) {
  if (!/^https?:\/\//i.test(address))
    return (
      <div className="mono">
        <Hostile text={address} />
      </div>
    );
  return (
    <div>
      <a className="link" href={address} target="_blank" rel="noreferrer noopener nofollow">
        <Hostile text={address} />
      </a>
    </div>
  );
}
