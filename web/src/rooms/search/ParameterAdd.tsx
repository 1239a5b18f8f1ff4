import { Button, Popover, Select, TextInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import type { SearchValue } from '@/wire/types';

export const parameterTypes = ['string', 'list', 'long', 'real', 'bool', 'datetime', 'timespan'];

/** Gives the query a named value, or takes one away. The name then stands in the text like any `let`. */
export function ParameterAdd({ values, onChange }: { values: SearchValue[]; onChange: (values: SearchValue[]) => void }) {
  const [opened, setOpened] = useState(false);
  const [name, setName] = useState('');
  const [type, setType] = useState('string');
  const fault = !/^[A-Za-z]\w*$/.test(name)
    ? 'A plain word, such as who'
    : values.some((v) => v.name === name)
      ? 'There is one of this name'
      : null;
  const add = () => {
    if (fault) return;
    onChange([...values, { name, type, value: type === 'bool' ? 'false' : '' }]);
    setName('');
    setOpened(false);
  };
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-start" width={260} trapFocus>
      <Popover.Target>
        <button type="button" className="bare link parameter-add" onClick={() => setOpened(!opened)}>
          <IconPlus size={12} /> parameter
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <form
          className="stack"
          onSubmit={(e) => {
            e.preventDefault();
            add();
          }}
        >
          <TextInput label="Name" placeholder="who" value={name} onChange={(e) => setName(e.currentTarget.value)} data-autofocus />
          <Select
            label="Type"
            data={parameterTypes}
            value={type}
            onChange={(v) => setType(v ?? 'string')}
            allowDeselect={false}
            comboboxProps={{ withinPortal: false }}
          />
          <div className="faint">{name && fault ? fault : 'In the query: where user.name == who'}</div>
          <Button type="submit" disabled={fault !== null}>
            Add
          </Button>
          {values.map((v) => (
            <button key={v.name} type="button" className="bare link" onClick={() => onChange(values.filter((o) => o.name !== v.name))}>
              Take {v.name} away
            </button>
          ))}
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
