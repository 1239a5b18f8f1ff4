import { type Col, DataTable } from '@/parts/DataTable';
import { EntityChip } from '@/parts/EntityChip';
import { Hostile } from '@/parts/Hostile';
import { Num } from '@/parts/Num';
import { EmptyState } from '@/parts/states';
import type { Asset } from '@/wire/types';

const cols: Col<Asset>[] = [
  { id: 'name', head: 'Asset', width: 180, by: (a) => a.name, cell: (a) => <EntityChip kind="host" value={a.name} /> },
  {
    id: 'crit',
    head: 'Criticality',
    title: 'The I of the priority formula',
    width: 110,
    num: true,
    by: (a) => a.criticality,
    cell: (a) => <Num means="Multiplies the odds of each case that touches it">× {a.criticality}</Num>,
  },
  {
    id: 'crown',
    head: '',
    width: 90,
    by: (a) => (a.crownJewel ? 1 : 0),
    cell: (a) => (a.crownJewel ? <span className="tag amber">crown jewel</span> : null),
  },
  { id: 'zone', head: 'Zone', width: 100, by: (a) => a.zone, cell: (a) => a.zone },
  {
    id: 'reach',
    head: 'Reachable',
    width: 110,
    by: (a) => (a.reachable ? 1 : 0),
    cell: (a) => (a.reachable ? <span className="up">from outside</span> : <span className="faint">no</span>),
  },
  {
    id: 'addr',
    head: 'Addresses',
    width: 200,
    cell: (a) => (
      <span className="mono">
        <Hostile text={(a.addresses ?? []).join(', ')} />
      </span>
    ),
  },
  {
    id: 'owner',
    head: 'Owner',
    width: 160,
    grow: true,
    by: (a) => a.owner,
    cell: (a) => (
      <span>
        {a.owner || <span className="up">nobody</span>} <span className="faint">{a.unit}</span>
      </span>
    ),
  },
  {
    id: 'vuln',
    head: 'Vulnerabilities',
    width: 120,
    num: true,
    by: (a) => a.vulnerabilities ?? 0,
    cell: (a) => <Num means="Found by the last scan of this asset">{a.vulnerabilities ?? '–'}</Num>,
  },
  {
    id: 'win',
    head: 'Open windows',
    width: 120,
    num: true,
    by: (a) => a.openWindows ?? 0,
    cell: (a) => (a.openWindows ? <b className="up">{a.openWindows}</b> : <span className="faint">{a.openWindows ?? '–'}</span>),
  },
];

export function Assets({ list }: { list: Asset[] }) {
  if (list.length === 0) {
    return (
      <EmptyState title="No asset stated yet">
        <p>Send an inventory as CSV: name, addresses, zone, criticality, owner, unit, reachable, crown jewel.</p>
      </EmptyState>
    );
  }
  return <DataTable rows={list} cols={cols} rowKey={(a) => a.assetId} rowHeight={32} sort={{ id: 'crit', desc: true }} label="Assets" />;
}
