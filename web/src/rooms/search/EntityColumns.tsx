import { ActionIcon, Button, Select } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import type { ScheduledEntity } from '@/wire/types';

export const entityKinds: ScheduledEntity['kind'][] = [
  'host',
  'user',
  'ip',
  'process',
  'hash',
  'domain',
  'url',
  'session',
  'message',
  'principal',
  'container',
  'vulnerability',
];
export const entityRoles: ScheduledEntity['role'][] = ['actor', 'target', 'tool', 'context'];

interface Props {
  /** Columns of the search's answer, where they are known. */
  columns: string[];
  value: ScheduledEntity[];
  onChange: (next: ScheduledEntity[]) => void;
}

/** Which column of the rows names a host, a user, an address: what the alert is about, and what cases are grouped by. */
export function EntityColumns({ columns, value, onChange }: Props) {
  const set = (at: number, change: Partial<ScheduledEntity>) => onChange(value.map((e, i) => (i === at ? { ...e, ...change } : e)));
  const known = [...new Set([...columns, ...value.map((e) => e.column)])].filter((c) => c !== '');
  return (
    <fieldset className="stack entity-columns" style={{ gap: 6 }}>
      <legend>What each alert is about</legend>
      {value.length === 0 && (
        <p className="faint" style={{ margin: 0 }}>
          Taken from columns of the usual names (host.name, user.name, source.ip …). Name columns here when yours are called otherwise.
        </p>
      )}
      {value.map((e, i) => (
        <div className="row" key={i}>
          <Select
            aria-label={`Column ${i + 1}`}
            placeholder="Column"
            searchable
            data={known}
            value={e.column || null}
            onChange={(column) => set(i, { column: column ?? '' })}
            w={210}
          />
          <Select
            aria-label={`Kind ${i + 1}`}
            data={entityKinds}
            value={e.kind}
            onChange={(kind) => kind && set(i, { kind: kind as ScheduledEntity['kind'] })}
            allowDeselect={false}
            w={120}
          />
          <Select
            aria-label={`Role ${i + 1}`}
            data={entityRoles}
            value={e.role}
            onChange={(role) => role && set(i, { role: role as ScheduledEntity['role'] })}
            allowDeselect={false}
            w={100}
          />
          <ActionIcon aria-label={`Remove ${i + 1}`} onClick={() => onChange(value.filter((_, j) => j !== i))}>
            <IconX size={14} stroke={1.6} />
          </ActionIcon>
        </div>
      ))}
      <div>
        <Button size="compact-xs" variant="default" onClick={() => onChange([...value, { column: '', kind: 'host', role: 'target' }])}>
          Add a column
        </Button>
      </div>
    </fieldset>
  );
}
