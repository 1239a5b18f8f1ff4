import { Select } from '@mantine/core';
import { useState } from 'react';
import { FactLink } from '@/parts/FactLink';
import { Hostile } from '@/parts/Hostile';
import { Panel } from '@/parts/Panel';
import { Answer } from '@/parts/states';
import { TimeText } from '@/parts/TimeText';
import { utc } from '@/parts/time';
import { actorWord } from '@/parts/words';
import { useRuleVersion } from '@/wire/getRuleVersion';
import type { RuleDetail, RuleVersion } from '@/wire/types';
import { Evidence } from './Evidence';
import { Yaml, YamlDiff } from './Yaml';

/** The text now, or what changed since another version of it. */
export function TextPanel({ rule }: { rule: RuleDetail }) {
  const before = rule.versions.filter((v) => v.version !== rule.version);
  const [against, setAgainst] = useState<string | null>(null);
  const old = useRuleVersion(against);
  return (
    <Panel
      title="YAML"
      aside={
        <>
          <span className="faint mono" title={rule.version}>
            {rule.version.slice(0, 12)}
          </span>
          <span className="faint mono">{rule.file}</span>
          <span className="grow" />
          {before.length > 0 && (
            <Select
              aria-label="Compare with"
              placeholder="Compare with …"
              clearable
              w={290}
              value={against}
              onChange={setAgainst}
              data={[...new Map([...before].reverse().map((v) => [v.version, option(v)])).values()]}
            />
          )}
        </>
      }
    >
      {against ? (
        <Answer of={old} what="that version">
          {(o) => <YamlDiff before={o.yaml} after={rule.yaml} />}
        </Answer>
      ) : (
        <Yaml text={rule.yaml} />
      )}
    </Panel>
  );
}

const option = (v: RuleVersion) => ({ value: v.version, label: `${v.version.slice(0, 12)} · ${utc(v.atMs, false)}` });

const words: Record<string, string> = {
  promoted: 'promoted it to production',
  demoted: 'sent it back to testing',
  asked: 'asked to promote it',
  declined: 'declined the promotion',
  withdrawn: 'took the ask back',
  on: 'switched it on',
  off: 'switched it off',
  judged: 'judged a hit',
  backtested: 'ran it over history',
  gone: 'no longer finds it in any file',
};

type Line = { atMs: number; key: string; body: React.ReactNode };

/** Who did what to this rule, and why: decisions and texts on one line of time, newest first. */
export function HistoryPanel({ rule }: { rule: RuleDetail }) {
  const lines: Line[] = [
    ...rule.entries.map((e) => ({
      atMs: e.atMs,
      key: `f${e.seq}`,
      body: (
        <>
          <div>
            <b>{actorWord(e.actor)}</b> {words[e.what] ?? e.what}
            {e.askedBy && e.what === 'promoted' && <>, as {actorWord(e.askedBy)} asked</>} <FactLink seq={e.seq} />
          </div>
          {e.why && (
            <div className="dim">
              <Hostile text={e.why} max={300} />
            </div>
          )}
          {e.override && (
            <div>
              <span className="faint">although evidence was missing: </span>
              <Hostile text={e.override} max={300} />
            </div>
          )}
          {e.evidence && (
            <details>
              <summary className="faint">what was known then</summary>
              <Evidence of={e.evidence} />
            </details>
          )}
        </>
      ),
    })),
    ...rule.versions.map((v) => ({
      atMs: v.atMs,
      key: `v${v.version}${v.atMs}`,
      body: (
        <div>
          <b>{actorWord(v.actor)}</b> {v.before ? (v.before === v.version ? 'moved its file' : 'changed its text') : 'brought it in'}
          <span className="faint mono"> {v.version.slice(0, 12)}</span>
          <div className="dim">
            <Hostile text={v.cause} max={200} /> · <span className="mono">{v.file}</span>
          </div>
        </div>
      ),
    })),
  ].sort((a, b) => b.atMs - a.atMs);
  return (
    <Panel title="History">
      {lines.length === 0 && <span className="dim">Nothing was done to it yet.</span>}
      <ol className="rule-history">
        {lines.map((l) => (
          <li key={l.key}>
            <span className="faint nowrap">
              <TimeText ms={l.atMs} />
            </span>
            <div>{l.body}</div>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
