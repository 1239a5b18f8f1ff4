import { places } from './places';

const insides: Record<string, string> = { '/board/settings': 'Board settings', '/rules/scopes': 'Scopes of rules', '/cases': 'Cases' };
const things: Record<string, string> = {
  cases: 'Case',
  dashboards: 'Dashboard',
  sources: 'Source',
  parsers: 'Parser',
  rules: 'Rule',
  playbooks: 'Playbook',
};

const plain = (part: string) => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};

/** What a tab of the browser is called: ten tabs of one console are told apart. Of the address alone, so that no title of a case stays in a history. */
export function pageTitle(path: string): string {
  const [, room = '', id] = path.split('/');
  const thing = things[room];
  const word =
    insides[path] ?? (thing && id ? `${thing} ${plain(id).replace(/^c(?=\d+$)/, '#')}` : places.find((p) => p.to === `/${room}`)?.word);
  return word ? `${word.slice(0, 80)} · Andon` : 'Andon';
}
