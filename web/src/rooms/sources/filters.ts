import type { SourceChoice } from '@/wire/types';

export const nobody = '(nobody)';

/** What a source may have or lack, as the server knows it by that name. */
export const haves: Record<string, string> = {
  unnamed: 'without a name',
  naming: 'name to mend',
  unconfirmed: 'not confirmed',
  contract: 'with a contract',
  broken: 'contract not kept',
  unread: 'with unread records',
  lost: 'with lost events',
  filtered: 'filtered by the sender',
  young: 'younger than two weeks',
};

/** What may be chosen, with how many sources each holds. */
export const choices = (of: readonly SourceChoice[] | undefined) =>
  (of ?? []).map((c) => ({ value: c.value, label: `${c.value} (${c.sources})` }));
