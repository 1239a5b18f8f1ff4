import { useRules } from '@/wire/getRules';
import type { RuleBook } from '@/wire/types';
import { RuleLink } from './RuleLink';

const titles = new WeakMap<RuleBook, Map<string, string>>();

/** Titles of all rules by their id; made once for each answer. */
function titleOf(book: RuleBook | undefined, ruleId: string): string {
  if (!book) return ruleId;
  let known = titles.get(book);
  if (!known) {
    known = new Map(book.rules.map((r) => [r.ruleId, r.title]));
    titles.set(book, known);
  }
  return known.get(ruleId) ?? ruleId;
}

/** A rule that only its id is known of. */
export function RuleName({ ruleId, max = 90 }: { ruleId: string; max?: number }) {
  return <RuleLink ruleId={ruleId} title={titleOf(useRules('', '').data, ruleId)} max={max} />;
}
