import { Button } from '@mantine/core';
import { useState } from 'react';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { type Person, type Role, useGiveRoles } from '@/wire/people';
import { RolePicks } from './RolePicks';

export function EditRoles({ person, roles, close }: { person: Person; roles: Role[]; close: () => void }) {
  const [picked, pick] = useState<string[]>(person.roles);
  const give = useGiveRoles();
  return (
    <form
      className="stack"
      style={{ gap: 14 }}
      onSubmit={(e) => {
        e.preventDefault();
        give.mutate({ name: person.name, roles: picked }, { onSuccess: close });
      }}
    >
      <RolePicks roles={roles} picked={picked} pick={pick} />
      <p className="dim">Holds at once, in sessions that are open too.</p>
      <FindingList findings={findingsOf(give.error)} />
      <Button type="submit" loading={give.isPending} disabled={picked.length === 0}>
        Set roles
      </Button>
    </form>
  );
}
