import { Button, NumberInput, SegmentedControl, TagsInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { Hostile } from '@/parts/Hostile';
import { kqlText } from '@/parts/kql';
import { Panel } from '@/parts/Panel';
import { Answer } from '@/parts/states';
import { TimeText } from '@/parts/TimeText';
import { many, short } from '@/parts/words';
import { YamlEditor } from '@/parts/YamlEditor';
import { useContract } from '@/wire/getContract';
import { useAgree, useCheckContract } from '@/wire/tellSource';
import type { ContractView, SourceContract, SourceDetail } from '@/wire/types';
import { WhyField } from './WhyField';

const lists = [
  ['mustEvents', 'must-events', 'MUST send, kinds of events'],
  ['mustFields', 'must-fields', 'MUST send, fields'],
  ['mayEvents', 'may-events', 'MAY send, kinds of events'],
  ['neverEvents', 'never-events', 'NEVER send, kinds of events'],
  ['neverFields', 'never-fields', 'NEVER send, fields'],
  ['sendsFrom', 'sends-from', 'Sends from, networks'],
] as const;
const none: SourceContract = {
  mustFields: [],
  mustEvents: [],
  mayEvents: [],
  neverFields: [],
  neverEvents: [],
  sendsFrom: [],
  withinHours: 24,
};

/** A contract's text, as the program writes it. */
export const yamlOf = (c: SourceContract) =>
  `${lists
    .filter(([key]) => (c[key] ?? []).length > 0)
    .map(
      ([key, name]) =>
        `${name}:\n${(c[key] ?? []).map((v) => `- ${/^[A-Za-z_][\w .-]*$/.test(v) && !/^(true|false|null|yes|no|on|off)$/i.test(v) ? v : JSON.stringify(v)}\n`).join('')}`,
    )
    .join('')}within-hours: ${c.withinHours}\n`;

export function ContractTab({ source }: { source: SourceDetail }) {
  const contract = useContract(source.sourceId);
  return (
    <Answer of={contract} what="the contract">
      {(c) => <Inside key={c.yaml} source={source} agreed={c} />}
    </Answer>
  );
}

function Inside({ source, agreed }: { source: SourceDetail; agreed: ContractView }) {
  const [mode, setMode] = useState('form');
  const [yaml, setYaml] = useState(agreed.yaml || yamlOf(none));
  const [why, setWhy] = useState('');
  const [asked] = useDebouncedValue(yaml, 350);
  const { mutate: ask, data: checked, error } = useCheckContract();
  const agree = useAgree();
  useEffect(() => ask({ sourceId: source.sourceId, yaml: asked }), [ask, asked, source.sourceId]);
  const view = checked ?? agreed;
  const draft = checked?.contract;
  const wrong = view.findings.some((f) => f.level === 'error') || !draft;
  const changed = yaml !== (agreed.yaml || yamlOf(none));
  const empty = !draft || lists.every(([key]) => (draft[key] ?? []).length === 0);
  const put = (part: Partial<SourceContract>) => setYaml(yamlOf({ ...(draft ?? none), ...part }));
  return (
    <div className="split">
      <Panel
        title={agreed.contract ? 'What was agreed' : 'Nothing agreed yet'}
        aside={
          <SegmentedControl
            size="xs"
            value={mode}
            onChange={setMode}
            data={[
              { value: 'form', label: 'Form' },
              { value: 'yaml', label: 'YAML' },
            ]}
            aria-label="Edit as"
          />
        }
      >
        <div className="stack" style={{ gap: 10 }}>
          {mode === 'yaml' ? (
            <YamlEditor text={yaml} onText={setYaml} findings={view.findings} label="Contract in YAML" rows={16} />
          ) : (
            <>
              {empty && draft && view.kinds.length > 0 && (
                <div className="row">
                  <Button variant="default" onClick={() => put({ mustEvents: view.kinds.map((k) => k.kind) })}>
                    Start from what it sends
                  </Button>
                  <span className="dim">{many(view.kinds.length, 'kind')} of events, as MUST; then move what may be missing.</span>
                </div>
              )}
              {lists.map(([key, , label]) => (
                <TagsInput
                  key={key}
                  label={label}
                  value={draft?.[key] ?? []}
                  disabled={!draft}
                  onChange={(v) => put({ [key]: v })}
                  data={
                    key === 'sendsFrom'
                      ? source.speakers.map((s) => s.peer)
                      : key.endsWith('Events')
                        ? view.kinds.map((k) => k.kind)
                        : view.fields
                  }
                  limit={60}
                  splitChars={[',']}
                />
              ))}
              <NumberInput
                label="Within hours"
                description="A MUST is missing when it did not come for so long"
                value={draft?.withinHours ?? 24}
                disabled={!draft}
                min={1}
                max={2208}
                onChange={(v) => put({ withinHours: Number(v) || 1 })}
                w={180}
              />
            </>
          )}
          <FindingList findings={view.findings.length > 0 ? view.findings : findingsOf(error)} />
          <div className="row" style={{ alignItems: 'flex-end' }}>
            <WhyField value={why} onChange={setWhy} placeholder="agreed with the owner" />
            <Button
              disabled={wrong || !changed}
              loading={agree.isPending}
              onClick={() => draft && agree.mutate({ sourceId: source.sourceId, contract: draft, why }, { onSuccess: () => setWhy('') })}
            >
              Agree
            </Button>
            {agreed.contract && (
              <Button
                variant="default"
                disabled={!why.trim()}
                title="Needs a reason"
                onClick={() => agree.mutate({ sourceId: source.sourceId, contract: null, why }, { onSuccess: () => setWhy('') })}
              >
                End it
              </Button>
            )}
          </div>
          <FindingList findings={findingsOf(agree.error)} />
        </div>
      </Panel>
      <Panel
        title={changed ? 'Drift, were this agreed' : 'Drift'}
        aside={<span className="faint">where its events leave the contract</span>}
      >
        <Drift view={view} source={source} empty={empty} />
      </Panel>
    </div>
  );
}

function Drift({ view, source, empty }: { view: ContractView; source: SourceDetail; empty: boolean }) {
  const unagreed = view.kinds.filter((k) => k.unagreed);
  const to = (kind: string) =>
    `Events\n| where log.source.id == ${kqlText(source.sourceId)} and (event.code == ${kqlText(kind)} or event.action == ${kqlText(kind)})`;
  return (
    <div className="stack drift">
      {empty && <div className="dim">Nothing is agreed, so nothing can drift. This is what it sends:</div>}
      {view.contract && !empty && view.mustMissing.length + view.neverArrived.length + unagreed.length === 0 && (
        <div className="down">All that must come came, nothing else did.</div>
      )}
      {view.mustMissing.map((m) => (
        <div key={m} className="finding finding-error">
          <b>MUST missing</b> <Hostile text={m} max={100} />
        </div>
      ))}
      {view.neverArrived.map((n) => (
        <div key={n.what} className="finding finding-error">
          <b>NEVER arrived</b> <Hostile text={n.what} max={100} />{' '}
          <Link className="numlink" to="/search" search={{ q: to(n.what), last: '24h' }}>
            {many(n.count, 'time')}
          </Link>
          , last <TimeText ms={n.lastMs} form="ago" />; kept like all else
        </div>
      ))}
      {unagreed.length > 0 && (
        <div className="finding finding-warning">
          <b>Not agreed</b> <Hostile text={unagreed.map((k) => k.kind).join(', ')} max={400} />
        </div>
      )}
      <table className="plain-table">
        <thead>
          <tr>
            <th>Kinds that it sends</th>
            <th className="num">Events</th>
            <th>Last</th>
          </tr>
        </thead>
        <tbody>
          {view.kinds.map((k) => (
            <tr key={k.kind}>
              <td>
                <Hostile text={k.kind} max={60} />
              </td>
              <td className="num">
                <Link className="numlink" to="/search" search={{ q: to(k.kind), last: '24h' }}>
                  {short(k.events)}
                </Link>
              </td>
              <td>
                <TimeText ms={k.lastMs} form="ago" />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
