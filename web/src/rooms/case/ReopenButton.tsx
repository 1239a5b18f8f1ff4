import { Button, Popover, Textarea } from '@mantine/core';
import { useState } from 'react';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { useReopenCase } from '@/wire/reopenCase';

export function ReopenButton({ caseId }: { caseId: string }) {
  const [why, setWhy] = useState('');
  const [opened, setOpened] = useState(false);
  const reopen = useReopenCase(caseId);
  return (
    <Popover width={320} position="bottom-end" opened={opened} onChange={setOpened} trapFocus>
      <Popover.Target>
        <Button variant="default" onClick={() => setOpened(true)}>
          Reopen
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form
          className="stack"
          onSubmit={(e) => {
            e.preventDefault();
            reopen.mutate(why, { onSuccess: () => setOpened(false) });
          }}
        >
          <Textarea label="Why is it open again?" autosize minRows={2} value={why} onChange={(e) => setWhy(e.currentTarget.value)} />
          <FindingList findings={findingsOf(reopen.error)} />
          <Button type="submit" loading={reopen.isPending}>
            Reopen the case
          </Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
