import { useSession } from '@/wire/getSession';

/** May whoever is signed in do that? Until it is known who it is, nobody is told that he may not. */
export const useMay = (permission: 'Operations' | 'Response' | 'Lead' | 'Admin') => useSession().data?.may?.includes(permission) ?? true;

/**
 * What only people of Operations change, and everybody may read: the others see it as it is, cannot press anything that would be refused,
 * and are told whom to ask.
 */
export function OnlyOperations({ children }: { children: React.ReactNode }) {
  const may = useMay('Operations');
  return (
    <>
      {!may && (
        <p className="dim only-for" role="note">
          You may read this. To change it, ask someone of Operations, or a champion.
        </p>
      )}
      <fieldset className="bare" disabled={!may}>
        {children}
      </fieldset>
    </>
  );
}
