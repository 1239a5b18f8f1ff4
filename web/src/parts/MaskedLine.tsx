import { Button, Modal, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useMasked, useUnmask } from '@/wire/masked';
import { FindingList, findingsOf } from './FindingView';
import { utcClock } from './time';

/** Says which fields are pseudonyms, and lets whoever may look at them in clear for a while, with a reason. Nothing where nothing is masked. */
export function MaskedLine() {
  const masked = useMasked().data;
  const [asking, setAsking] = useState(false);
  if (!masked || masked.fields.length === 0) return null;
  if (masked.clear && masked.untilMs === 0) return null;
  return (
    <div className="masked-line row" role="status">
      {masked.clear ? (
        <span>
          You see {masked.fields.join(', ')} in clear until {utcClock(masked.untilMs).slice(0, 5)} UTC; that is written down.
        </span>
      ) : (
        <>
          <span>
            Masked to you: {masked.fields.join(', ')}, the raw record and the message. The same value has the same pseudonym everywhere.
          </span>
          <button type="button" className="bare link" onClick={() => setAsking(true)}>
            See in clear …
          </button>
        </>
      )}
      <Modal opened={asking} onClose={() => setAsking(false)} title="See masked fields in clear">
        <Ask close={() => setAsking(false)} />
      </Modal>
    </div>
  );
}

function Ask({ close }: { close: () => void }) {
  const [why, setWhy] = useState('');
  const [minutes, setMinutes] = useState('15');
  const unmask = useUnmask();
  return (
    <form
      className="stack"
      onSubmit={(e) => {
        e.preventDefault();
        unmask.mutate({ why, minutes: Number(minutes) }, { onSuccess: close });
      }}
    >
      <p className="dim" style={{ margin: 0 }}>
        Who looked, when and why stands in the journal.
      </p>
      <TextInput label="Why" required value={why} onChange={(e) => setWhy(e.currentTarget.value)} data-autofocus />
      <Select
        label="For how long"
        data={['5', '15', '60'].map((value) => ({ value, label: `${value} minutes` }))}
        value={minutes}
        onChange={(v) => v && setMinutes(v)}
        allowDeselect={false}
      />
      <FindingList findings={findingsOf(unmask.error)} />
      <Button type="submit" loading={unmask.isPending}>
        See in clear
      </Button>
    </form>
  );
}
