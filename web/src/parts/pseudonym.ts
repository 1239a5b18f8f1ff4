/** What is masked to whoever looks. */
export interface Masks {
  any: boolean;
  /** Addresses are masked too; their pseudonyms look like addresses of fd00::/8. */
  addresses: boolean;
}

export const none: Masks = { any: false, addresses: false };
const all: Masks = { any: true, addresses: true };
const words: Masks = { any: true, addresses: false };

export const masksOf = (masked: { fields: string[]; clear: boolean } | undefined): Masks =>
  !masked || masked.clear || masked.fields.length === 0
    ? none
    : masked.fields.some((f) => f === '*' || /\.(ip|address|\*)$/.test(f))
      ? all
      : words;

/** What the server sends in the place of a sentence whose parts nobody can tell apart. */
export const withheld = 'masked';

/** As the server makes them: a word, or an address of 15 bytes by chance after fd, in which a run of zeros is rare. */
export const isPseudonym = (text: string, masks: Masks): boolean =>
  /^([a-z]+:)?masked-[0-9a-f]{12}$/.test(text) || (masks.addresses && /^fd[0-9a-f]{2}(:[0-9a-f]{0,4}){6,7}$/.test(text));
