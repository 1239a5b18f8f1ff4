import { Button } from '@mantine/core';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { type KeepAsk, useKeepEvidence } from '@/wire/caseWork';

/** Keeps what is shown as evidence of the case, as text that says where it is from. */
export function KeepButton({ caseId, what, children }: { caseId: string; what: () => KeepAsk; children: string }) {
  const keep = useKeepEvidence(caseId);
  return (
    <>
      <Button size="compact-xs" variant="default" loading={keep.isPending} disabled={keep.isSuccess} onClick={() => keep.mutate(what())}>
        {keep.isSuccess ? 'Kept as evidence' : children}
      </Button>
      <FindingList findings={findingsOf(keep.error)} />
    </>
  );
}
