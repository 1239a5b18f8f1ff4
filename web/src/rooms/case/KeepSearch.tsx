import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { useKeepSearch } from '@/wire/keepSearch';

/** Runs a search over the case's time and keeps its rows, with the query, as evidence. */
export function KeepSearch({ caseId, fromMs }: { caseId: string; fromMs: number }) {
  const [kql, setKql] = useState('');
  const keep = useKeepSearch(caseId);
  return (
    <form
      className="work-add"
      onSubmit={(e) => {
        e.preventDefault();
        if (kql.trim()) keep.mutate({ kql, fromMs }, { onSuccess: () => setKql('') });
      }}
    >
      <TextInput
        className="grow mono"
        aria-label="Search whose rows are kept"
        placeholder="Events | where ['source.ip'] == '203.0.113.9'"
        value={kql}
        onChange={(e) => setKql(e.currentTarget.value)}
      />
      <Button type="submit" variant="default" loading={keep.isPending} disabled={!kql.trim()}>
        Search and keep the rows
      </Button>
      <div style={{ flexBasis: '100%' }}>
        <FindingList findings={findingsOf(keep.error)} />
      </div>
    </form>
  );
}
