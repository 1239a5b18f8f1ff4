import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { FindingList, findingsAt, findingsElsewhere, findingsOf } from '@/parts/FindingView';
import { useOwnSource } from '@/wire/ownSource';
import type { Source } from '@/wire/types';

export function OwnerForm({ source }: { source: Source }) {
  const [name, setName] = useState(source.name);
  const [owner, setOwner] = useState(source.owner);
  const [unit, setUnit] = useState(source.unit);
  const own = useOwnSource();
  const findings = findingsOf(own.error);
  const at = (field: string) => findingsAt(findings, field)[0]?.message;
  const same = name === source.name && owner === source.owner && unit === source.unit;
  return (
    <form
      className="stack"
      onSubmit={(e) => {
        e.preventDefault();
        own.mutate({ sourceId: source.sourceId, name, owner, unit });
      }}
    >
      <TextInput
        label="Name"
        description="As people call it"
        value={name}
        onChange={(e) => setName(e.currentTarget.value)}
        error={at('name')}
      />
      <div className="row" style={{ alignItems: 'flex-start' }}>
        <TextInput
          className="grow"
          label="Owner"
          description="Who mends it"
          value={owner}
          onChange={(e) => setOwner(e.currentTarget.value)}
          error={at('owner')}
        />
        <TextInput
          className="grow"
          label="Unit"
          description="Whose it is"
          value={unit}
          onChange={(e) => setUnit(e.currentTarget.value)}
          error={at('unit')}
        />
      </div>
      <FindingList findings={findingsElsewhere(findings, ['name', 'owner', 'unit'])} />
      <div className="row">
        <Button type="submit" variant="default" disabled={same} loading={own.isPending}>
          Save
        </Button>
        {own.isSuccess && same && <span className="down">Saved.</span>}
      </div>
    </form>
  );
}
