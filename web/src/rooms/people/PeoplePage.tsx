import { Button, Modal, Tabs } from '@mantine/core';
import { useState } from 'react';
import { Answer } from '@/parts/states';
import { many } from '@/parts/words';
import { usePeople } from '@/wire/people';
import { AddPerson } from './AddPerson';
import { PeopleLog } from './PeopleLog';
import { PeopleTable } from './PeopleTable';
import './people.css';
import { roleWords } from './roles';
import { Tokens } from './Tokens';

/** Who may come in and do what, which machines may send, and what was done about either. */
export default function PeoplePage() {
  const people = usePeople();
  const [tab, setTab] = useState<string | null>('people');
  const [adding, setAdding] = useState(false);
  return (
    <div className="page">
      <header className="page-head">
        <h1>People</h1>
        {people.data && (
          <span className="dim">
            {many(people.data.users.filter((u) => u.enabled).length, 'person', 'people')} may sign in,{' '}
            {many(people.data.tokens.length, 'token')} may send
          </span>
        )}
        <div className="grow" />
        {people.data && <Button onClick={() => setAdding(true)}>Add a person</Button>}
      </header>
      <Answer of={people} what="people">
        {(p) => (
          <>
            <Tabs value={tab} onChange={setTab} px={18}>
              <Tabs.List>
                <Tabs.Tab value="people">People</Tabs.Tab>
                <Tabs.Tab value="tokens">Ingest tokens</Tabs.Tab>
                <Tabs.Tab value="roles">What roles may</Tabs.Tab>
                <Tabs.Tab value="log">What happened</Tabs.Tab>
              </Tabs.List>
            </Tabs>
            <div className="people">
              {tab === 'people' && <PeopleTable people={p} />}
              {tab === 'tokens' && <Tokens names={p.tokens} />}
              {tab === 'roles' && <RoleTable roles={p.roles} />}
              {tab === 'log' && <PeopleLog />}
            </div>
            <Modal opened={adding} onClose={() => setAdding(false)} title="Add a person">
              {adding && <AddPerson roles={p.roles} close={() => setAdding(false)} />}
            </Modal>
          </>
        )}
      </Answer>
    </div>
  );
}

const mayWords: Record<string, string> = {
  Read: 'search, sources, rules, measures',
  Cases: 'read cases',
  Response: 'work on cases, ask for changes',
  Operations: 'change systems and settings',
  Lead: 'limits, split and skills of the board',
  Admin: 'people, tokens, releasing holds, backups',
};

function RoleTable({ roles }: { roles: { name: string; may: string[] }[] }) {
  return (
    <table className="people-table">
      <thead>
        <tr>
          <th>Role</th>
          <th>For</th>
          {Object.entries(mayWords).map(([may, word]) => (
            <th key={may} title={word}>
              {may}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {roles.map((r) => (
          <tr key={r.name}>
            <td>
              <b>{r.name}</b>
            </td>
            <td>{roleWords[r.name]}</td>
            {Object.keys(mayWords).map((may) => (
              <td key={may}>{r.may.includes(may) ? 'may' : <span className="faint">–</span>}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
