import { FactLink } from '@/parts/FactLink';
import { Hostile } from '@/parts/Hostile';
import { Answer } from '@/parts/states';
import { TimeText } from '@/parts/TimeText';
import { actorWord } from '@/parts/words';
import { type PeopleFact, usePeopleFacts } from '@/wire/people';

const text = (v: unknown) => (typeof v === 'string' ? v : '');

function said({ type, body }: PeopleFact): string {
  const name = text(body.name);
  switch (type) {
    case 'user.stated':
      return `${name}: ${(body.roles as string[] | undefined)?.join(', ') ?? ''}${body.enabled === false ? ', disabled' : ''}`;
    case 'user.password_set':
      return body.oneTime ? `${name} was given a one-time password` : `${name} chose a password`;
    case 'user.sessions_ended':
      return `sessions of ${name} ended`;
    case 'user.signed_in':
      return `${name} signed in from ${text(body.address)}`;
    case 'user.refused':
      return `sign-in as ${name} from ${text(body.address)} refused: ${text(body.why)}`;
    case 'token.stated':
      return `token ${name} made`;
    case 'token.removed':
      return `token ${name} taken back`;
    default:
      return `${type} ${name}`;
  }
}

/** Who did what to whom, and who came in or was refused. */
export function PeopleLog() {
  const facts = usePeopleFacts();
  return (
    <Answer of={facts} what="what happened">
      {(list) =>
        list.length === 0 ? (
          <p className="faint">Nothing yet.</p>
        ) : (
          <table className="people-table">
            <tbody>
              {list.map((f) => (
                <tr key={f.seq}>
                  <td className="nowrap">
                    <TimeText ms={f.atMs} />
                  </td>
                  <td className={f.type === 'user.refused' ? 'up' : undefined}>
                    <Hostile text={said(f)} max={200} />
                  </td>
                  <td className="dim nowrap">by {actorWord(f.actor)}</td>
                  <td className="acts">
                    <FactLink seq={f.seq}>fact {f.seq}</FactLink>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )
      }
    </Answer>
  );
}
