// Writing KQL from clicks. Values are data: they are quoted, never pasted.
import type { SearchParams } from './searchLink';

/** A Kusto string literal that holds exactly this value. */
export function kqlText(value: string): string {
  let out = '"';
  for (const char of value) {
    const code = char.codePointAt(0) ?? 0;
    if (char === '"' || char === '\\') out += `\\${char}`;
    else if (char === '\n') out += '\\n';
    else if (char === '\r') out += '\\r';
    else if (char === '\t') out += '\\t';
    else if (
      code < 0x20 ||
      code === 0x7f ||
      (code >= 0x80 && code <= 0x9f) ||
      (code >= 0x200b && code <= 0x200f) ||
      (code >= 0x2028 && code <= 0x202e) ||
      (code >= 0x2060 && code <= 0x206f) ||
      code === 0xfeff
    )
      out += `\\u${code.toString(16).padStart(4, '0')}`;
    else out += char;
  }
  return `${out}"`;
}

/** A column: plain names stand as they are, all others in brackets. */
export const kqlColumn = (name: string) => (/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/.test(name) ? name : `[${kqlText(name)}]`);

export function kqlValue(value: unknown, type: string): string {
  if (value === null || value === undefined) return 'null';
  if (/^(long|int|real|decimal|double|bool|boolean)$/.test(type) && typeof value !== 'object') return String(value);
  if (type === 'datetime') return `datetime(${typeof value === 'number' ? new Date(value).toISOString() : String(value)})`;
  return kqlText(typeof value === 'object' ? JSON.stringify(value) : String(value));
}

/** Puts a filter behind the query, before a trailing row limit or sort so that it still filters all rows. */
export function addFilter(kql: string, column: string, value: unknown, type = 'string', not = false): string {
  const empty = value === null || value === undefined || value === '';
  const name = kqlColumn(column);
  const test = empty ? `${not ? 'isnotempty' : 'isempty'}(${name})` : `${name} ${not ? '!=' : '=='} ${kqlValue(value, type)}`;
  const lines = kql.trimEnd().split('\n');
  let at = lines.length;
  while (at > 1 && /^\s*\|\s*(take|limit|top|sort|order|project)\b/.test(lines[at - 1] ?? '')) at--;
  lines.splice(at, 0, `| where ${test}`);
  return lines.join('\n');
}

/** A query that only chooses events says nothing of their order: then the newest come first, and a limit keeps those. */
export function newestFirst(kql: string): string {
  const [table, ...rest] = kql.split('|');
  const onlyChooses = /^\s*[A-Za-z]\w*\s*$/.test(table ?? '') && rest.every((r) => /^\s*where\b/.test(r));
  return onlyChooses ? `${kql.trimEnd()}\n| sort by timestamp desc` : kql;
}

/** All about one value, in any field. */
export const aboutValue = (value: string) => `Events\n| where * has ${kqlText(value)}`;

/** The search that comes with the program about a thing of this kind, and its parameter. */
const aboutOf: Record<string, [search: string, parameter: string]> = {
  host: ['about-host', 'machine'],
  user: ['about-user', 'who'],
  ip: ['about-address', 'address'],
  domain: ['about-domain', 'zone'],
  hash: ['about-hash', 'digest'],
};

/** The address of a search for all about a thing. */
export function aboutEntity(kind: string, value: string): SearchParams {
  const known = aboutOf[kind];
  if (!known) return { q: aboutValue(value), last: '24h' };
  return { s: known[0], p: JSON.stringify([[known[1], 'string', value]]), last: '24h' };
}

/** Which kind of thing a field names, if it names one. */
export function kindOf(field: string): string | undefined {
  if (/(^|\.)ip$/.test(field)) return 'ip';
  if (/^(user|user\.\w+|related\.user)(\.name)?$/.test(field) || /(^|\.)user(\.target)?\.name$/.test(field)) return 'user';
  if (/^(host\.name|host\.hostname|related\.hosts)$/.test(field)) return 'host';
  if (/(^|\.)hash(\.\w+)?$/.test(field)) return 'hash';
  if (/(^|\.)(domain|question\.name|registered_domain)$/.test(field)) return 'domain';
  if (/^process(\.parent)?\.(name|executable)$/.test(field)) return 'process';
  return undefined;
}
