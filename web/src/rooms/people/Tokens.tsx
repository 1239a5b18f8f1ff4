import { Button, Modal, TextInput } from '@mantine/core';
import { useState } from 'react';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { useMakeToken, useRemoveToken } from '@/wire/people';
import { Confirm } from './Confirm';
import { Secret } from './Secret';

/** Ingest tokens: machines that may send. They cannot sign in. */
export function Tokens({ names }: { names: string[] }) {
  const [making, setMaking] = useState(false);
  const [removing, setRemoving] = useState<string | null>(null);
  const remove = useRemoveToken();
  return (
    <div className="stack" style={{ gap: 12 }}>
      <div className="row">
        <Button variant="default" onClick={() => setMaking(true)}>
          Make a token
        </Button>
        <span className="dim">For senders over HTTP; one per sender, so that one can be taken back.</span>
      </div>
      {names.length === 0 ? (
        <p className="faint">No token yet: nobody can send over HTTP.</p>
      ) : (
        <table className="people-table">
          <tbody>
            {names.map((n) => (
              <tr key={n}>
                <td className="mono">{n}</td>
                <td className="acts">
                  <Button size="compact-xs" variant="default" aria-label={`Take back ${n}`} onClick={() => setRemoving(n)}>
                    Take back
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Modal opened={making} onClose={() => setMaking(false)} title="Make an ingest token">
        <Make names={names} close={() => setMaking(false)} />
      </Modal>
      <Modal opened={removing !== null} onClose={() => setRemoving(null)} title={`Take back ${removing ?? ''}`}>
        <Confirm
          word="Take back"
          act={remove}
          run={() => removing && remove.mutate({ name: removing }, { onSuccess: () => setRemoving(null) })}
        >
          <p>Senders with this token are refused from now on; what they cannot send they keep or lose.</p>
        </Confirm>
      </Modal>
    </div>
  );
}

function Make({ names, close }: { names: string[]; close: () => void }) {
  const [name, setName] = useState('');
  const make = useMakeToken();
  if (make.data)
    return (
      <Secret text={make.data.token} what="the token" close={close}>
        <p>
          Token <b>{make.data.name}</b>:
        </p>
      </Secret>
    );
  return (
    <form
      className="stack"
      onSubmit={(e) => {
        e.preventDefault();
        make.mutate({ name: name.trim() });
      }}
    >
      <TextInput
        label="Name"
        description="Who sends with it: winlogbeat, web-farm"
        data-autofocus
        value={name}
        onChange={(e) => setName(e.currentTarget.value)}
      />
      {names.includes(name.trim()) && <p className="up">There is one of that name; it stops working.</p>}
      <FindingList findings={findingsOf(make.error)} />
      <Button type="submit" loading={make.isPending} disabled={!name.trim()}>
        Make
      </Button>
    </form>
  );
}
