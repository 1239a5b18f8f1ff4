import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { type Role, useAddPerson } from '@/wire/people';
import { RolePicks } from './RolePicks';
import { Secret } from './Secret';

export function AddPerson({ roles, close }: { roles: Role[]; close: () => void }) {
  const [name, setName] = useState('');
  const [picked, pick] = useState<string[]>([]);
  const add = useAddPerson();
  if (add.data)
    return (
      <Secret text={add.data.password} what="the one-time password" untilMs={add.data.untilMs} close={close}>
        <p>
          <b>{add.data.name}</b> may come in. Pass on this one-time password:
        </p>
      </Secret>
    );
  return (
    <form
      className="stack"
      style={{ gap: 14 }}
      onSubmit={(e) => {
        e.preventDefault();
        add.mutate({ name: name.trim(), roles: picked });
      }}
    >
      <TextInput
        label="Name"
        description="Letters, digits, dots, dashes. It stands beside everything this person does."
        data-autofocus
        value={name}
        onChange={(e) => setName(e.currentTarget.value)}
      />
      <RolePicks roles={roles} picked={picked} pick={pick} />
      <FindingList findings={findingsOf(add.error)} />
      <Button type="submit" loading={add.isPending} disabled={!name.trim() || picked.length === 0}>
        Add
      </Button>
    </form>
  );
}
