import { Checkbox } from '@mantine/core';
import type { Role } from '@/wire/people';
import { roleWords, tension } from './roles';

export function RolePicks({ roles, picked, pick }: { roles: Role[]; picked: string[]; pick: (roles: string[]) => void }) {
  const odd = tension(picked);
  return (
    <Checkbox.Group label="Roles" value={picked} onChange={pick}>
      <div className="stack" style={{ gap: 8, marginTop: 6 }}>
        {roles.map((r) => (
          <Checkbox key={r.name} value={r.name} label={r.name} description={roleWords[r.name] ?? `May: ${r.may.join(', ')}`} />
        ))}
        {odd && (
          <div className="finding finding-warning" role="status">
            {odd}
          </div>
        )}
      </div>
    </Checkbox.Group>
  );
}
