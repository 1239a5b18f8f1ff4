import { Button, FileInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { Hostile } from '@/parts/Hostile';
import { OnlyOperations } from '@/parts/OnlyFor';
import { saveText } from '@/parts/saveText';
import { Answer } from '@/parts/states';
import { many } from '@/parts/words';
import { useBaseline } from '@/wire/getBaseline';
import { useDrift } from '@/wire/getDrift';
import { useImportBaseline } from '@/wire/tellSource';
import { WhyField } from './WhyField';

/** The catalogue as a file for version control: out, held against what is here, in. */
export function BaselineBox() {
  const drift = useDrift();
  const out = useBaseline();
  const take = useImportBaseline();
  const [file, setFile] = useState<File | null>(null);
  const [why, setWhy] = useState('');
  const run = async (onlyTry: boolean) => file && take.mutate({ yaml: await file.text(), why, try: onlyTry });
  return (
    <div className="stack" style={{ gap: 14 }}>
      <div className="row between">
        <span className="dim">Cards, contracts and groups as one YAML file, sorted; what changes by itself is not in it.</span>
        <Button
          variant="default"
          loading={out.isPending}
          onClick={() => out.mutate(undefined, { onSuccess: (b) => saveText('andon-sources.yml', b.yaml) })}
        >
          Export
        </Button>
      </div>
      <OnlyOperations>
        <div className="row" style={{ alignItems: 'flex-end' }}>
          <FileInput
            className="grow"
            label="Baseline file"
            accept=".yml,.yaml"
            value={file}
            onChange={(f) => {
              setFile(f);
              take.reset();
            }}
            placeholder="Choose a .yml file"
            clearable
          />
          <Button variant="default" disabled={!file} loading={take.isPending} onClick={() => run(true)}>
            Compare
          </Button>
        </div>
      </OnlyOperations>
      <FindingList findings={take.data?.findings ?? findingsOf(take.error)} />
      {take.data && (
        <div className="stack">
          <div role="status">
            {take.data.tried
              ? take.data.drift.length === 0
                ? `The file says what the catalogue says: ${many(take.data.sources, 'source')}, ${many(take.data.groups, 'group')}.`
                : `${many(take.data.drift.length, 'difference')}; importing takes the file's side.`
              : `${many(take.data.changes, 'change')} taken in.`}
          </div>
          {take.data.drift.length > 0 && (
            <table className="plain-table">
              <thead>
                <tr>
                  <th>What</th>
                  <th>Part</th>
                  <th>Here</th>
                  <th>File</th>
                </tr>
              </thead>
              <tbody>
                {take.data.drift.slice(0, 100).map((d, i) => (
                  <tr key={i}>
                    <td className="mono">
                      <Hostile text={d.subject} max={70} />
                    </td>
                    <td>{d.part}</td>
                    <td className="pre">
                      <Hostile text={d.here || '–'} max={300} lines />
                    </td>
                    <td className="pre">
                      <Hostile text={d.file || '–'} max={300} lines />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
          {take.data.tried && take.data.drift.length > 0 && (
            <div className="row" style={{ alignItems: 'flex-end' }}>
              <WhyField value={why} onChange={setWhy} placeholder="reviewed in …" />
              <Button onClick={() => run(false)} loading={take.isPending}>
                Import all or nothing
              </Button>
            </div>
          )}
        </div>
      )}
      <h3 className="box-head">Drift from what was agreed</h3>
      <Answer of={drift} what="the drift">
        {(d) =>
          d.sources.length + d.unknown === 0 ? (
            <div className="down">Every contract is kept, and every sender is confirmed.</div>
          ) : (
            <div className="stack">
              {d.sources.length > 0 && (
                <table className="plain-table">
                  <thead>
                    <tr>
                      <th>Source</th>
                      <th>MUST missing</th>
                      <th>NEVER arrived</th>
                      <th>Not agreed</th>
                    </tr>
                  </thead>
                  <tbody>
                    {d.sources.slice(0, 100).map((r) => (
                      <tr key={r.sourceId}>
                        <td className="mono">
                          <Link className="numlink" to="/sources/$sourceId" params={{ sourceId: r.sourceId }} search={{ tab: 'contract' }}>
                            <Hostile text={r.sourceId} max={70} />
                          </Link>
                        </td>
                        <td className="up">
                          <Hostile text={r.mustMissing.join(', ')} max={200} />
                        </td>
                        <td className="up">
                          <Hostile text={r.neverArrived.map((n) => `${n.what} × ${n.count}`).join(', ')} max={200} />
                        </td>
                        <td>
                          <Hostile text={r.unagreed.join(', ')} max={200} />
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              )}
              {d.unknown > 0 && (
                <Link className="link" to="/sources" search={{ has: 'unconfirmed' }}>
                  {many(d.unknown, 'sender')} nobody confirmed
                </Link>
              )}
            </div>
          )
        }
      </Answer>
    </div>
  );
}
