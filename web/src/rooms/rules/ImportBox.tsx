import { Button, FileInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { many, whole } from '@/parts/words';
import { useImportRules } from '@/wire/importRules';
import type { Finding } from '@/wire/types';

/** Rules from a file; everything that is wrong with them at once, the gravest first. */
export function ImportBox() {
  const [file, setFile] = useState<File | null>(null);
  const [why, setWhy] = useState('');
  const [code, setCode] = useState<string | null>(null);
  const load = useImportRules();
  const findings = load.data?.findings ?? findingsOf(load.error);
  return (
    <div className="stack" style={{ gap: 12 }}>
      <p className="dim" style={{ margin: 0 }}>
        A Sigma rule as YAML, or a zip of them. New rules enter the testing queue unless they were known before; what cannot be loaded is
        refused with its reason, and the rest loads.
      </p>
      <FileInput label="File" accept=".yml,.yaml,.zip" placeholder="rules.zip or rule.yml" value={file} onChange={setFile} clearable />
      <TextInput
        label="Why, or where from"
        placeholder="SigmaHQ release r2025-12"
        value={why}
        onChange={(e) => setWhy(e.currentTarget.value)}
      />
      <div>
        <Button onClick={() => file && load.mutate({ file, why })} loading={load.isPending} disabled={!file}>
          Import
        </Button>
      </div>
      {load.data && (
        <div role="status">
          <b>{whole(load.data.loaded)}</b> loaded, <b className={load.data.refused ? 'up' : undefined}>{whole(load.data.refused)}</b>{' '}
          refused{findings.length > 0 && `, ${many(findings.length, 'finding')}`}.
        </div>
      )}
      {findings.length > 6 && <Codes findings={findings} chosen={code} choose={setCode} />}
      <div className="scroll" style={{ maxHeight: 320 }}>
        <FindingList findings={findings.filter((f) => code === null || f.code === code)} />
      </div>
    </div>
  );
}

/** How often each finding; one click shows those alone. */
function Codes({ findings, chosen, choose }: { findings: Finding[]; chosen: string | null; choose: (code: string | null) => void }) {
  const counts = new Map<string, number>();
  for (const f of findings) counts.set(f.code, (counts.get(f.code) ?? 0) + 1);
  return (
    <div className="row wrap" style={{ gap: 4 }}>
      {[...counts]
        .sort(([, a], [, b]) => b - a)
        .map(([code, count]) => (
          <button
            key={code}
            type="button"
            className={`bare tag${code === chosen ? ' amber' : ''}`}
            aria-pressed={code === chosen}
            onClick={() => choose(code === chosen ? null : code)}
          >
            {code} {whole(count)}
          </button>
        ))}
    </div>
  );
}
