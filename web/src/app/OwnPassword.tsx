import { Button } from '@mantine/core';
import { PasswordForm } from '@/parts/PasswordForm';
import { useSignOut } from '@/wire/signOut';
import { Mark } from './Mark';

/** Whoever came in with a one-time password chooses one of their own before anything else. */
export function OwnPassword({ name }: { name: string }) {
  const signOut = useSignOut();
  return (
    <main className="signin">
      <div className="signin-cord" aria-hidden="true" />
      <div className="signin-form">
        <div className="row" style={{ gap: 12, marginBottom: 22 }}>
          <Mark size={34} />
          <div>
            <h1>Welcome</h1>
            <div className="dim">You came in as {name}. Choose a password that only you know.</div>
          </div>
        </div>
        <PasswordForm name={name} oldWord="One-time password" first done={() => undefined} />
        <Button variant="subtle" fullWidth mt={10} onClick={() => signOut.mutate()}>
          Sign out
        </Button>
      </div>
    </main>
  );
}
