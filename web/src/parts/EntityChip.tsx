import { Tooltip } from '@mantine/core';
import {
  IconAffiliate,
  IconBox,
  IconBug,
  IconCpu,
  IconFingerprint,
  IconKey,
  IconLink,
  IconMail,
  IconMapPin,
  IconServer2,
  IconUser,
  IconWorld,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { Hostile } from './Hostile';
import { isHostile, middleCut, plainText } from './hostile';
import { aboutEntity } from './kql';

const icons: Record<string, typeof IconUser> = {
  host: IconServer2,
  user: IconUser,
  ip: IconMapPin,
  process: IconCpu,
  session: IconKey,
  hash: IconFingerprint,
  domain: IconWorld,
  url: IconLink,
  message: IconMail,
  principal: IconAffiliate,
  container: IconBox,
  vulnerability: IconBug,
};

// Ids of processes and sessions tell a person little: they come last, and short.
const opaque = new Set(['process', 'session', 'hash']);
export const inOrder = <T extends { kind: string }>(list: readonly T[]): T[] => [
  ...list.filter((e) => !opaque.has(e.kind)),
  ...list.filter((e) => opaque.has(e.kind)),
];
const brief = (kind: string, value: string) =>
  opaque.has(kind) && /^\{?[0-9a-f-]{16,}\}?$/i.test(value) ? `${kind} ${value.replace(/[{}]/g, '').slice(0, 8)}…` : value;

/** A thing a case is about; a click searches for everything about it. */
export function EntityChip({ kind, value, seenIn }: { kind: string; value: string; seenIn?: number }) {
  const Icon = icons[kind] ?? IconAffiliate;
  const seen = seenIn !== undefined && seenIn > 1 ? `Seen in ${seenIn} cases. ` : seenIn === 1 ? 'Seen in this case only. ' : '';
  return (
    <Tooltip label={`${kind} ${middleCut(plainText(value), 160)}. ${seen}Click: all about it, last 24 h.`}>
      <Link className="chip" to="/search" search={aboutEntity(kind, value)} draggable={false}>
        <Icon size={12} stroke={1.7} aria-label={kind} />
        <span className="cut">
          <Ends text={middleCut(brief(kind, value), 64)} />
        </span>
        {seenIn !== undefined && seenIn > 1 && <span className="seen">×{seenIn}</span>}
      </Link>
    </Tooltip>
  );
}

/** Splits `host:web01` as alerts carry it. */
export function EntityKeyChip({ entity }: { entity: string }) {
  const colon = entity.indexOf(':');
  return colon > 0 ? (
    <EntityChip kind={entity.slice(0, colon)} value={entity.slice(colon + 1)} />
  ) : (
    <EntityChip kind="thing" value={entity} />
  );
}

const endChars = 9;

/** A long name keeps its end too: hosts and addresses of one site differ there. Both parts are one text when copied. */
function Ends({ text }: { text: string }) {
  if (text.length < 24 || isHostile(text)) return <Hostile text={text} />;
  return (
    <span className="ends">
      <span className="cut">
        <Hostile text={text.slice(0, -endChars)} />
      </span>
      <Hostile text={text.slice(-endChars)} />
    </span>
  );
}
