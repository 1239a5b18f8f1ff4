import { Tooltip } from '@mantine/core';
import { type Col, DataTable } from '@/parts/DataTable';
import { EntityChip } from '@/parts/EntityChip';
import { Hostile } from '@/parts/Hostile';
import { EmptyState } from '@/parts/states';
import { TimeText } from '@/parts/TimeText';
import { span } from '@/parts/time';
import type { ExposureWindow } from '@/wire/types';

const cols: Col<ExposureWindow>[] = [
  {
    id: 'kev',
    head: 'Threat',
    width: 108,
    by: (w) => (w.kev ? 1 : 0),
    cell: (w) => (
      <Tooltip
        label={
          w.kev ? 'In the list of vulnerabilities known to be exploited (CISA KEV): X is 2.' : 'Threatened, not in the KEV list: X is 1.5.'
        }
      >
        <span className={w.kev ? 'kev' : 'dim'}>{w.kev ? '◆ exploited' : '◇ threatened'}</span>
      </Tooltip>
    ),
  },
  { id: 'cve', head: 'CVE', width: 140, by: (w) => w.cve, cell: (w) => <b>{w.cve}</b> },
  { id: 'asset', head: 'Asset', width: 150, by: (w) => w.assetName, cell: (w) => <EntityChip kind="host" value={w.assetName} /> },
  { id: 'pkg', head: 'Package', width: 160, by: (w) => w.package, cell: (w) => <Hostile text={w.package} /> },
  { id: 'opened', head: 'Opened', width: 104, by: (w) => w.openedMs, cell: (w) => <TimeText ms={w.openedMs} form="ago" /> },
  {
    id: 'for',
    head: 'Exposed for',
    title: 'Time from opening until it closed, or until now',
    width: 112,
    num: true,
    by: (w) => w.exposedMinutes,
    cell: (w) => span(w.exposedMinutes * 60_000),
  },
  {
    id: 'state',
    head: 'State',
    width: 90,
    by: (w) => (w.closedMs ? 1 : 0),
    cell: (w) => (w.closedMs ? <span className="down">closed</span> : <span className="up">open</span>),
  },
  {
    id: 'owner',
    head: 'Owner',
    width: 160,
    by: (w) => w.owner,
    cell: (w) => (
      <span>
        {w.owner || <span className="up">nobody</span>} <span className="faint">{w.unit}</span>
      </span>
    ),
  },
  {
    id: 'why',
    head: 'Why',
    width: 320,
    grow: true,
    cell: (w) => (
      <span className="dim">
        <Hostile text={w.why} />
      </span>
    ),
  },
];

export function Windows({ list }: { list: ExposureWindow[] }) {
  if (list.length === 0) {
    return (
      <EmptyState title="No window is open">
        <p>
          A window opens when a vulnerability is present, reachable and threatened, all three. Send an inventory, a scan and the KEV list to
          see them.
        </p>
      </EmptyState>
    );
  }
  return (
    <DataTable
      rows={list}
      cols={cols}
      rowKey={(w) => w.windowId}
      rowHeight={32}
      sort={{ id: 'kev', desc: true }}
      label="Exposure windows"
    />
  );
}
