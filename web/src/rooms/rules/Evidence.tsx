import { Num } from '@/parts/Num';
import { utcDay } from '@/parts/time';
import { whole } from '@/parts/words';
import type { PromotionEvidence } from '@/wire/types';

const percent = (n: number) => `${Math.round(n * 100)} %`;

/** What is known about a rule: each figure with what it means, a lack said in words. */
export function Evidence({ of, plain = false }: { of: PromotionEvidence; plain?: boolean }) {
  const lacks = (place: string) => of.missing.find((f) => f.place === place);
  const { verdicts: v, backtest: b } = of;
  return (
    <table className="plain-table evidence">
      <tbody>
        <Line
          plain={plain}
          word="In testing"
          value={`${of.daysInTesting.toLocaleString('en-GB', { maximumFractionDigits: 1 })} days`}
          means="Since this very text stands in testing and is switched on"
          lack={lacks('/daysInTesting')?.message}
        />
        <Line
          plain={plain}
          word="Hits a day"
          value={of.hitsPerDay.toLocaleString('en-GB', { maximumFractionDigits: 1 })}
          means={`${whole(of.hits)} hits in that time`}
          lack={lacks('/hitsPerDay')?.message}
        />
        <Line
          plain={plain}
          word="Precision"
          value={v.precision == null ? (lacks('/verdicts') ? 'not known' : 'no hit to judge') : percent(v.precision)}
          means={`${v.truePositive} true, ${v.benignPositive} benign, ${v.falsePositive} false, ${v.undecided} undecided; by closed cases and judged hits`}
          lack={lacks('/verdicts')?.message}
        />
        <Line
          plain={plain}
          word="Backtest"
          value={b ? `${whole(b.hits)} hits in ${whole(b.events)} events` : 'none of this text'}
          means={
            b
              ? b.events > 0
                ? `${utcDay(b.fromMs)} to ${utcDay(b.toMs)}, on ${whole(b.hosts)} hosts`
                : b.note
              : 'Run one on the Backtest tab'
          }
          lack={lacks('/backtest')?.message}
        />
        <Line
          plain={plain}
          word="Cost"
          value={of.microsPerEvent == null ? 'not measured' : `${of.microsPerEvent.toLocaleString('en-GB')} µs an event`}
          means="Mean over sampled events of its log source"
          lack={lacks('/microsPerEvent')?.message}
        />
      </tbody>
    </table>
  );
}

function Line({ word, value, means, lack, plain }: { word: string; value: string; means: string; lack?: string; plain: boolean }) {
  return (
    <tr className={lack ? 'lacks' : undefined}>
      <td className="faint">{word}</td>
      <td>
        <Num means={means}>
          <b>{value}</b>
        </Num>
        {lack && <div className="lack">{lack}</div>}
      </td>
      <td className="verdict-mark">
        {plain ? null : lack ? (
          <span className="up" title="missing">
            ✕
          </span>
        ) : (
          <span className="down" title="there">
            ✓
          </span>
        )}
      </td>
    </tr>
  );
}
