import { type Col, DataTable } from '@/parts/DataTable';
import { FactLink } from '@/parts/FactLink';
import { EmptyState } from '@/parts/states';
import { TimeText } from '@/parts/TimeText';
import { bytes, whole } from '@/parts/words';
import type { Deletion } from '@/wire/keeping';

/** Each deletion: planned in the facts before anything went, proven after. */
export function Deletions({ list }: { list: Deletion[] }) {
  if (list.length === 0) {
    return (
      <EmptyState title="Nothing was deleted">
        <p>A deletion is a fact before it begins (what, how much, a hash over it) and one after.</p>
      </EmptyState>
    );
  }
  return (
    <DataTable rows={list} cols={cols} rowKey={(d) => d.plan.deletionId} rowHeight={32} sort={{ id: 'at', desc: true }} label="Deletions" />
  );
}

const cols: Col<Deletion>[] = [
  { id: 'at', head: 'At', width: 130, by: (d) => d.atMs, cell: (d) => <TimeText ms={d.atMs} form="ago" /> },
  { id: 'day', head: 'Day', width: 110, by: (d) => d.plan.day, cell: (d) => d.plan.day },
  { id: 'class', head: 'Class', width: 120, by: (d) => d.plan.classId, cell: (d) => d.plan.classId },
  { id: 'events', head: 'Events', width: 100, num: true, by: (d) => d.plan.events, cell: (d) => whole(d.plan.events) },
  { id: 'bytes', head: 'Size', width: 90, num: true, by: (d) => d.plan.bytes, cell: (d) => bytes(d.plan.bytes) },
  {
    id: 'held',
    head: 'Held back',
    title: 'Events that a legal hold kept',
    width: 90,
    num: true,
    by: (d) => d.plan.heldBack,
    cell: (d) => whole(d.plan.heldBack),
  },
  {
    id: 'proof',
    head: 'Proof',
    width: 150,
    by: (d) => (d.proof ? d.proof.left : -1),
    cell: (d) =>
      d.proof === undefined ? (
        <span className="up">planned, not done</span>
      ) : d.proof.left === 0 ? (
        'all gone'
      ) : (
        <span className="up">{whole(d.proof.left)} left</span>
      ),
  },
  { id: 'contract', head: 'Contract', width: 150, cell: (d) => d.plan.contract || <span className="faint">none named</span> },
  { id: 'hash', head: 'Hash over what went', width: 200, grow: true, cell: (d) => <span className="mono faint">{d.plan.hash}</span> },
  { id: 'fact', head: '', width: 70, cell: (d) => <FactLink seq={d.plannedFact} /> },
];
