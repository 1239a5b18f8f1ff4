import { Button, FileInput, SegmentedControl, Select } from '@mantine/core';
import { useState } from 'react';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { whole } from '@/parts/words';
import { useSendExposure } from '@/wire/sendExposure';
import type { Asset } from '@/wire/types';

type Kind = 'inventory' | 'scan' | 'kev';
const kinds: Record<Kind, { word: string; accept: string; meaning: string }> = {
  inventory: {
    word: 'Inventory',
    accept: '.csv',
    meaning:
      'CSV with a head line: name, addresses, zone, criticality, owner, unit, reachable, crownJewel. It states assets; what it leaves out stays as it was.',
  },
  scan: {
    word: 'Scan',
    accept: '.json',
    meaning: 'A report of Trivy or Grype as JSON, for one asset. What a later scan no longer finds is gone.',
  },
  kev: { word: 'KEV list', accept: '.json', meaning: 'The catalogue of known exploited vulnerabilities, as CISA publishes it.' },
};

export function UploadForms({ assets }: { assets: Asset[] }) {
  const [kind, setKind] = useState<Kind>('inventory');
  const [file, setFile] = useState<File | null>(null);
  const [asset, setAsset] = useState<string | null>(null);
  const sent = useSendExposure();
  const ready = file && (kind !== 'scan' || asset);
  const submit = (e: React.FormEvent) => {
    e.preventDefault();
    if (!file) return;
    if (kind === 'scan') {
      if (asset) sent.mutate({ kind, file, asset });
    } else sent.mutate({ kind, file });
  };
  return (
    <form className="stack" style={{ gap: 12 }} onSubmit={submit}>
      <SegmentedControl
        fullWidth
        value={kind}
        onChange={(v) => {
          setKind(v as Kind);
          setFile(null);
          sent.reset();
        }}
        data={Object.entries(kinds).map(([value, k]) => ({ value, label: k.word }))}
      />
      <div className="dim">{kinds[kind].meaning}</div>
      {kind === 'scan' && (
        <Select
          label="Asset that was scanned"
          searchable
          data={assets.map((a) => ({ value: a.assetId, label: a.name }))}
          value={asset}
          onChange={setAsset}
        />
      )}
      <FileInput
        label="File"
        accept={kinds[kind].accept}
        value={file}
        onChange={setFile}
        placeholder={`Choose a ${kinds[kind].accept} file`}
        clearable
      />
      <div>
        <Button type="submit" disabled={!ready} loading={sent.isPending}>
          Send
        </Button>
      </div>
      {sent.data && (
        <div role="status">
          <b>{whole(sent.data.accepted)}</b> accepted.
        </div>
      )}
      <FindingList findings={sent.data?.findings ?? findingsOf(sent.error)} />
    </form>
  );
}
