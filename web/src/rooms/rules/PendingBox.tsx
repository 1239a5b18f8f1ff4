import { Button, Modal } from '@mantine/core';
import { useState } from 'react';
import { Hostile } from '@/parts/Hostile';
import { TimeText } from '@/parts/TimeText';
import { actorWord } from '@/parts/words';
import { useDecidePromotion } from '@/wire/decidePromotion';
import { useSession } from '@/wire/getSession';
import type { PendingPromotion, RuleDetail } from '@/wire/types';
import { Evidence } from './Evidence';
import { Reason } from './RuleActs';

/** A promotion that waits for a second person: what was known when it was asked for, and the decision. */
export function PendingBox({ rule, pending }: { rule: RuleDetail; pending: PendingPromotion }) {
  const [decide, setDecide] = useState<'approve' | 'decline' | null>(null);
  const session = useSession();
  const decision = useDecidePromotion();
  const mine = pending.askedBy === `user:${session.data?.name}`;
  const changed = pending.version !== rule.version;
  return (
    <section className="panel pending" aria-label="Promotion to be decided">
      <div className="panel-body stack" style={{ gap: 8 }}>
        <div className="row wrap">
          <b>{actorWord(pending.askedBy)}</b> asks to promote this rule, <TimeText ms={pending.atMs} form="ago" />:
          <span>
            “<Hostile text={pending.why} />”
          </span>
          <span className="grow" />
          {mine ? (
            <>
              <span className="dim">Another person decides.</span>
              <Button variant="default" onClick={() => setDecide('decline')}>
                Take it back
              </Button>
            </>
          ) : (
            <>
              <Button variant="default" onClick={() => setDecide('decline')}>
                Decline
              </Button>
              <Button onClick={() => setDecide('approve')} disabled={changed}>
                Approve
              </Button>
            </>
          )}
        </div>
        {changed && <div className="up">The rule's text changed since: it must be asked for again.</div>}
        {pending.override && (
          <div>
            <span className="faint">Although evidence is missing: </span>
            <Hostile text={pending.override} />
          </div>
        )}
        <details>
          <summary className="dim">What was known when it was asked for</summary>
          <Evidence of={pending.evidence} />
        </details>
      </div>
      <Modal
        opened={decide !== null}
        onClose={() => setDecide(null)}
        title={decide === 'approve' ? 'Approve the promotion' : mine ? 'Take the ask back' : 'Decline the promotion'}
        size={460}
      >
        {decide && (
          <Reason
            what={decide === 'approve' ? 'From now on each match can open a case.' : 'The rule stays in testing.'}
            word={decide === 'approve' ? 'Approve' : mine ? 'Take it back' : 'Decline'}
            busy={decision.isPending}
            error={decision.error}
            close={() => setDecide(null)}
            give={(why) =>
              decision.mutate({ ruleId: rule.ruleId, approve: decide === 'approve', why }, { onSuccess: () => setDecide(null) })
            }
          />
        )}
      </Modal>
    </section>
  );
}
