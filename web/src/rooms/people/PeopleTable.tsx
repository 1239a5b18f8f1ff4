import { Button, Menu, Modal } from '@mantine/core';
import { useState } from 'react';
import { TimeText } from '@/parts/TimeText';
import { utc } from '@/parts/time';
import { many } from '@/parts/words';
import { useSession } from '@/wire/getSession';
import { type People, type Person, useEnablePerson, useEndSessions, useRenewPassword } from '@/wire/people';
import { Confirm } from './Confirm';
import { EditRoles } from './EditRoles';
import { roleWords } from './roles';
import { Secret } from './Secret';

type Act = 'roles' | 'password' | 'sessions' | 'enabled';

export function PeopleTable({ people }: { people: People }) {
  const [doing, setDoing] = useState<{ person: Person; act: Act } | null>(null);
  const me = useSession().data?.name;
  const close = () => setDoing(null);
  return (
    <>
      <table className="people-table">
        <thead>
          <tr>
            <th>Name</th>
            <th>Roles</th>
            <th>Sessions</th>
            <th>Password</th>
            <th aria-label="What can be done" />
          </tr>
        </thead>
        <tbody>
          {people.users.map((p) => (
            <tr key={p.name} className={p.enabled ? undefined : 'off'}>
              <td>
                <b>{p.name}</b>
                {p.name === me && <span className="dim"> (you)</span>}
                {!p.enabled && <div className="up">disabled</div>}
              </td>
              <td>
                {p.roles.map((r) => (
                  <span key={r} className="role" title={roleWords[r]}>
                    {r}
                  </span>
                ))}
              </td>
              <td>
                {p.sessions ? (
                  <>
                    {many(p.sessions, 'session')}
                    <div className="faint">
                      last from <span className="mono">{p.lastAddress}</span>, <TimeText ms={p.lastMs ?? 0} form="ago" />
                    </div>
                  </>
                ) : (
                  <span className="faint">none</span>
                )}
              </td>
              <td>
                {p.oneTimeUntilMs ? (
                  <span className={p.oneTimeUntilMs < Date.now() ? 'up' : 'dim'}>
                    {p.oneTimeUntilMs < Date.now() ? 'one-time, ended ' : 'one-time, until '}
                    {utc(p.oneTimeUntilMs, false)}
                  </span>
                ) : (
                  <span className="faint">their own</span>
                )}
              </td>
              <td className="acts">
                <Acts person={p} self={p.name === me} pick={(act) => setDoing({ person: p, act })} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Modal opened={doing !== null} onClose={close} title={doing ? titles[doing.act](doing.person) : ''}>
        {doing && <Doing {...doing} people={people} close={close} />}
      </Modal>
    </>
  );
}

const titles: Record<Act, (p: Person) => string> = {
  roles: (p) => `Roles of ${p.name}`,
  password: (p) => `New one-time password for ${p.name}`,
  sessions: (p) => `End the sessions of ${p.name}`,
  enabled: (p) => `${p.enabled ? 'Disable' : 'Enable'} ${p.name}`,
};

function Acts({ person, self, pick }: { person: Person; self: boolean; pick: (act: Act) => void }) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button size="compact-xs" variant="default" aria-label={`Do something with ${person.name}`}>
          Do …
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {self && <Menu.Label>Your roles are for another administrator</Menu.Label>}
        <Menu.Item disabled={self} onClick={() => pick('roles')}>
          Change roles
        </Menu.Item>
        <Menu.Item disabled={self} onClick={() => pick('password')}>
          New one-time password
        </Menu.Item>
        <Menu.Item onClick={() => pick('sessions')}>{self ? 'End my other sessions' : 'End all sessions'}</Menu.Item>
        <Menu.Item disabled={self} color={person.enabled ? 'red' : undefined} onClick={() => pick('enabled')}>
          {person.enabled ? 'Disable' : 'Enable'}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function Doing({ person, act, people, close }: { person: Person; act: Act; people: People; close: () => void }) {
  const renew = useRenewPassword();
  const end = useEndSessions();
  const enable = useEnablePerson();
  const { name, enabled } = person;
  if (act === 'roles') return <EditRoles person={person} roles={people.roles} close={close} />;
  if (act === 'sessions')
    return (
      <Confirm word="End them" act={end} run={() => end.mutate({ name }, { onSuccess: close })}>
        <p>Whoever uses the name {name} must sign in again, on every machine, now. What they were typing is lost.</p>
      </Confirm>
    );
  if (act === 'enabled')
    return (
      <Confirm
        word={enabled ? 'Disable' : 'Enable'}
        act={enable}
        run={() => enable.mutate({ name, enabled: !enabled }, { onSuccess: close })}
      >
        <p>
          {enabled
            ? `${name} is signed out now and cannot sign in. What they did stays; cases that they own stay theirs until somebody takes them.`
            : `${name} can sign in again with the password and the roles that they had.`}
        </p>
      </Confirm>
    );
  if (renew.data)
    return (
      <Secret text={renew.data.password} what="the one-time password" untilMs={renew.data.untilMs} close={close}>
        <p>Pass this on to {name}:</p>
      </Secret>
    );
  return (
    <Confirm word="Make one" act={renew} run={() => renew.mutate({ name })}>
      <p>The old password of {name} ends now, and all their sessions with it.</p>
    </Confirm>
  );
}
