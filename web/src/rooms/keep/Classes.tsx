import { Button, Modal, NumberInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { bytes, whole } from '@/parts/words';
import { type DueDeletion, type KeptClass, type SourceDays, useDue, useStateClass } from '@/wire/keeping';

/** How long each class is kept. Who may changes it, with a reason; what would go by now can be looked at first. */
export function Classes({ list, sources }: { list: KeptClass[]; sources: SourceDays[] }) {
  const [edit, setEdit] = useState<KeptClass | null>(null);
  const due = useDue();
  return (
    <div className="keep-scroll stack">
      <table className="keep-table">
        <thead>
          <tr>
            <th>Class</th>
            <th>Kept for</th>
            <th>At most</th>
            <th>What is in it</th>
            <th>Contract</th>
            <th className="num">Events now</th>
            <th />
          </tr>
        </thead>
        <tbody>
          {list.map((c) => (
            <tr key={c.classId}>
              <td className="strong">{c.classId}</td>
              <td>
                {c.terms.days === undefined ? <span className="faint">until someone says otherwise</span> : `${whole(c.terms.days)} days`}
              </td>
              <td>{c.terms.bytesMax === undefined ? <span className="faint">no bound</span> : bytes(c.terms.bytesMax)}</td>
              <td>{aboutOf(c)}</td>
              <td>{c.terms.contract || <span className="faint">none named</span>}</td>
              <td className="num">
                {ownWords[c.classId] ? '' : whole(sources.filter((s) => s.classId === c.classId).reduce((n, s) => n + s.events, 0))}
              </td>
              <td>
                <Button size="compact-xs" variant="default" onClick={() => setEdit(c)} aria-label={`Change ${c.classId}`}>
                  Change
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className="row">
        <Button variant="default" loading={due.isPending} onClick={() => due.mutate(undefined)}>
          What would be deleted now?
        </Button>
        <FindingList findings={findingsOf(due.error)} />
      </div>
      {due.data && <Due list={due.data} />}
      <Modal opened={edit !== null} onClose={() => setEdit(null)} title={edit ? `Keep ${edit.classId}` : ''}>
        {edit && <Form of={edit} close={() => setEdit(null)} />}
      </Modal>
    </div>
  );
}

const ownWords: Record<string, string> = { alerts: 'matches of rules', records: 'raw records, to be read anew' };

const aboutOf = ({ classId, terms: t }: KeptClass) => {
  if (ownWords[classId]) return ownWords[classId];
  const parts = [
    t.sources.length > 0 && `sources ${t.sources.join(', ')}`,
    t.datasets.length > 0 && `datasets ${t.datasets.join(', ')}`,
    t.types.length > 0 && `types ${t.types.join(', ')}`,
  ].filter(Boolean);
  return parts.length > 0 ? parts.join('; ') : <span className="faint">what no other class takes</span>;
};

function Due({ list }: { list: DueDeletion[] }) {
  if (list.length === 0) return <p className="dim">Nothing is due.</p>;
  return (
    <table className="keep-table" aria-label="Due">
      <thead>
        <tr>
          <th>Day</th>
          <th>Class</th>
          <th>Table</th>
          <th className="num">Events</th>
          <th className="num">Size</th>
          <th className="num">Held back</th>
        </tr>
      </thead>
      <tbody>
        {list.map((d) => (
          <tr key={`${d.table} ${d.classId} ${d.day}`}>
            <td>{d.day}</td>
            <td>{d.classId}</td>
            <td>{d.table}</td>
            <td className="num">{whole(d.events)}</td>
            <td className="num">{bytes(d.bytes)}</td>
            <td className="num">{whole(d.heldBack)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Form({ of, close }: { of: KeptClass; close: () => void }) {
  const [days, setDays] = useState<number | ''>(of.terms.days ?? '');
  const [contract, setContract] = useState(of.terms.contract);
  const [why, setWhy] = useState('');
  const state = useStateClass();
  return (
    <form
      className="stack"
      onSubmit={(e) => {
        e.preventDefault();
        const { days: _, ...terms } = of.terms;
        state.mutate({ classId: of.classId, terms: { ...terms, contract, ...(days === '' ? {} : { days }) }, why }, { onSuccess: close });
      }}
    >
      <NumberInput
        label="Days of event time"
        description="Empty: until someone says otherwise."
        min={1}
        value={days}
        onChange={(v) => setDays(v === '' ? '' : Number(v))}
      />
      <TextInput
        label="Contract or law"
        description="It stands in each proof of deletion."
        value={contract}
        onChange={(e) => setContract(e.currentTarget.value)}
      />
      <TextInput label="Why" required value={why} onChange={(e) => setWhy(e.currentTarget.value)} />
      <FindingList findings={findingsOf(state.error)} />
      <Button type="submit" loading={state.isPending}>
        Change
      </Button>
    </form>
  );
}
