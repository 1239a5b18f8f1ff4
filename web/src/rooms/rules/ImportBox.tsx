import { Button, FileInput } from '@mantine/core';
import { useState } from 'react';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { whole } from '@/parts/words';
import { useImportRules } from '@/wire/importRules';

export function ImportBox() {
  const [file, setFile] = useState<File | null>(null);
  const load = useImportRules();
  return (
    <div className="stack" style={{ gap: 12 }}>
      <p className="dim" style={{ margin: 0 }}>
        A Sigma rule as YAML, or a zip of them. New rules enter the testing queue unless they were known before; what cannot be loaded is
        refused with its reason, and the rest loads.
      </p>
      <FileInput label="File" accept=".yml,.yaml,.zip" placeholder="rules.zip or rule.yml" value={file} onChange={setFile} clearable />
      <div>
        <Button onClick={() => file && load.mutate(file)} loading={load.isPending} disabled={!file}>
          Import
        </Button>
      </div>
      {load.data && (
        <div role="status">
          <b>{whole(load.data.loaded)}</b> loaded, <b className={load.data.refused ? 'up' : undefined}>{whole(load.data.refused)}</b>{' '}
          refused.
        </div>
      )}
      <div className="scroll" style={{ maxHeight: 300 }}>
        <FindingList findings={load.data?.findings ?? findingsOf(load.error)} />
      </div>
    </div>
  );
}
