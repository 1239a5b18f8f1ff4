import { createContext, useContext } from 'react';
import { useMasked } from '@/wire/masked';
import { isPseudonym, type Masks, masksOf, none } from './pseudonym';

const Now = createContext<Masks>(none);

/** What is masked to whoever looks: everything inside marks pseudonyms as such. */
export function Seen({ children }: { children: React.ReactNode }) {
  const masked = useMasked().data;
  return <Now value={masksOf(masked)}>{children}</Now>;
}

/** A text, marked when it stands in place of a value. */
export function Pseudonym({ text, children }: { text: string; children: React.ReactNode }) {
  const masks = useContext(Now);
  if (!masks.any || !isPseudonym(text, masks)) return children;
  return (
    <span className="pseudonym" title="A pseudonym: the value is masked to you. See in clear stands above, and is written down.">
      {children}
    </span>
  );
}
