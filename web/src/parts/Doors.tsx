import { useHouse } from '@/wire/getHouse';
import { CopyLine } from './CopyLine';
import { type Door, doorsOf } from './doors';
import './doors.css';
import { Answer } from './states';
import { short } from './words';

/** How to send something here: the doors that are open, as they are bound, each with a line to copy. */
export function Doors({ only }: { only?: readonly string[] }) {
  const house = useHouse();
  return (
    <Answer of={house} what="the doors">
      {(h) => {
        const all = doorsOf(h.listeners, location);
        const list = only ? all.filter((d) => only.includes(d.name)) : all;
        return (
          <table className="doors">
            <thead>
              <tr>
                <th>Door</th>
                <th>Listens on</th>
                <th>Try it, or set a sender to it</th>
              </tr>
            </thead>
            <tbody>
              {list.map((d) => (
                <DoorRow key={d.name} door={d} />
              ))}
            </tbody>
          </table>
        );
      }}
    </Answer>
  );
}

function DoorRow({ door: d }: { door: Door }) {
  return (
    <tr>
      <td>
        <div className="nowrap">{d.word}</div>
        <span className="faint nowrap" title="Since Andon was started">
          {d.received > 0 ? `${short(d.received)} records taken` : 'nothing came yet'}
        </span>
      </td>
      <td>
        <span className="mono">{d.at}</span>
        <div className="faint">
          {d.tls ? 'TLS' : 'in the clear'}
          {d.here && ', this machine only'}
        </div>
        {d.trouble && <div className="up">{d.trouble}</div>}
      </td>
      <td>
        <CopyLine text={d.line} what={`the line for ${d.word}`} />
      </td>
    </tr>
  );
}
