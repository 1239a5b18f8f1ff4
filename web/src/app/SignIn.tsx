import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { useSignIn } from '@/wire/signIn';
import { Mark } from './Mark';

export function SignIn({ ended }: { ended: boolean }) {
  const signIn = useSignIn();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const submit = (e: React.FormEvent) => {
    e.preventDefault();
    if (name && password) signIn.mutate({ name, password }, { onError: () => setPassword('') });
  };
  return (
    <main className="signin">
      <div className="signin-cord" aria-hidden="true" />
      <form className="signin-form" onSubmit={submit}>
        <div className="row" style={{ gap: 12, marginBottom: 22 }}>
          <Mark size={34} />
          <div>
            <h1>Andon</h1>
            <div className="dim">Pull the cord when something is wrong.</div>
          </div>
        </div>
        {ended && !signIn.error && (
          <div className="finding finding-warning" role="status" style={{ marginBottom: 14 }}>
            Your session has ended. Sign in again and you are back where you were.
          </div>
        )}
        <div className="stack" style={{ gap: 14 }}>
          <TextInput
            size="sm"
            label="Name"
            name="username"
            autoComplete="username"
            autoFocus
            required
            withAsterisk={false}
            value={name}
            onChange={(e) => setName(e.currentTarget.value)}
          />
          <PasswordInput
            label="Password"
            name="password"
            autoComplete="current-password"
            required
            withAsterisk={false}
            value={password}
            onChange={(e) => setPassword(e.currentTarget.value)}
          />
          <FindingList findings={findingsOf(signIn.error)} />
          <Button type="submit" size="sm" fullWidth loading={signIn.isPending} disabled={!name || !password}>
            Sign in
          </Button>
        </div>
      </form>
    </main>
  );
}
