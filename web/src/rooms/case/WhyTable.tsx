import { check, priorityOf, sumOf, terms } from '@/parts/whySum';
import { signed } from '@/parts/words';
import type { PriorityWhy } from '@/wire/types';

/** The sum, in figures: factors, summands, odds, priority. It adds up or says that it does not. */
export function WhyTable({ why, priority }: { why: PriorityWhy; priority: number }) {
  const list = terms(why);
  const sum = check(why);
  return (
    <table className="plain-table why-table">
      <thead>
        <tr>
          <th>Factor</th>
          <th className="num">Value</th>
          <th className="num" title="What it adds to the logarithm of the odds">
            Adds to ln odds
          </th>
          <th>What it says</th>
        </tr>
      </thead>
      <tbody>
        {list.map((t, i) => (
          <tr key={t.key}>
            <td className="nowrap">
              <i className={`swatch f${i + 1}`} /> <b>{t.key}</b> {t.name}
            </td>
            <td className="num">{t.factor.toFixed(t.key === 'L' ? 3 : 2)}</td>
            <td className="num">{Number.isFinite(t.ln) ? signed(t.ln, 3) : '−∞'}</td>
            <td className="dim">{t.meaning}</td>
          </tr>
        ))}
        <tr className="why-sum">
          <td>Sum</td>
          <td />
          <td className="num">{signed(sumOf(list), 3)}</td>
          <td className="dim">
            odds {Math.exp(sum.sum).toFixed(2)} : 1 → priority {priorityOf(sum.sum).toFixed(1)}
            {Math.abs(priorityOf(sum.sum) - priority) > 0.15 && `; the card stands at ${priority.toFixed(1)}, it fades with time`}
            {sum.exact ? ' · adds up exactly' : <span className="up"> · does not add up: the server states {signed(sum.given, 3)}</span>}
          </td>
        </tr>
      </tbody>
    </table>
  );
}
