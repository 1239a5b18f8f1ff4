import { Button, PasswordInput } from '@mantine/core';
import { useState } from 'react';
import { useChangePassword } from '@/wire/people';
import { FindingList, findingsOf } from './FindingView';

const least = 12;

/** One's own password: the old one, the new one twice. */
export function PasswordForm({
  name,
  done,
  oldWord = 'Old password',
  first = false,
}: {
  name: string;
  done: () => void;
  oldWord?: string;
  first?: boolean;
}) {
  const [old, setOld] = useState('');
  const [fresh, setFresh] = useState('');
  const [again, setAgain] = useState('');
  const change = useChangePassword();
  const short = fresh.length > 0 && fresh.length < least;
  const differs = again.length > 0 && again !== fresh;
  return (
    <form
      className="stack"
      style={{ gap: 12 }}
      onSubmit={(e) => {
        e.preventDefault();
        if (old && fresh.length >= least && fresh === again) change.mutate({ old, new: fresh }, { onSuccess: done });
      }}
    >
      {/* So that a password safe knows whose it is. */}
      <input className="sr-only" tabIndex={-1} aria-hidden="true" autoComplete="username" name="username" value={name} readOnly />
      <PasswordInput
        label={oldWord}
        autoComplete="current-password"
        data-autofocus
        autoFocus={first}
        required
        withAsterisk={false}
        value={old}
        onChange={(e) => setOld(e.currentTarget.value)}
      />
      <PasswordInput
        label="New password"
        description={`At least ${least} characters; a few words in a row are easy to remember.`}
        autoComplete="new-password"
        required
        withAsterisk={false}
        value={fresh}
        error={short ? `${least - fresh.length} more` : undefined}
        onChange={(e) => setFresh(e.currentTarget.value)}
      />
      <PasswordInput
        label="New password again"
        autoComplete="new-password"
        required
        withAsterisk={false}
        value={again}
        error={differs ? 'Not the same' : undefined}
        onChange={(e) => setAgain(e.currentTarget.value)}
      />
      {!first && <p className="dim">Your other sessions end; this one goes on.</p>}
      <FindingList findings={findingsOf(change.error)} />
      <Button type="submit" loading={change.isPending} disabled={!old || fresh.length < least || fresh !== again}>
        Change password
      </Button>
    </form>
  );
}
