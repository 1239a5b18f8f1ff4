import type { Pap, Tlp } from '@/wire/workTypes';

export const tlps: { value: Tlp; label: string }[] = [
  { value: 'clear', label: 'TLP:CLEAR' },
  { value: 'green', label: 'TLP:GREEN' },
  { value: 'amber', label: 'TLP:AMBER' },
  { value: 'amberStrict', label: 'TLP:AMBER+STRICT' },
  { value: 'red', label: 'TLP:RED' },
];
export const paps: { value: Pap; label: string }[] = [
  { value: 'clear', label: 'PAP:CLEAR' },
  { value: 'green', label: 'PAP:GREEN' },
  { value: 'amber', label: 'PAP:AMBER' },
  { value: 'red', label: 'PAP:RED' },
];

const meaning: Record<Tlp, string> = {
  clear: 'May be told to anyone.',
  green: 'May be told within the community.',
  amber: 'May be told within the organisation and to its clients who need to know.',
  amberStrict: 'May be told within the organisation only.',
  red: 'Only its owner, the people it names and administrators see this case.',
};

/** The word stands there too: the colour is never the only sign. */
export function TlpMark({ tlp }: { tlp: Tlp }) {
  return (
    <span className={`tlp tlp-${tlp}`} title={meaning[tlp]}>
      {tlps.find((t) => t.value === tlp)?.label}
    </span>
  );
}
