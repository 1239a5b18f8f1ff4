import { rooms } from './rooms';

/** Pages inside a room that people go to by name. */
const inside = [
  { to: '/parsers', word: 'Parsers', key: 'a', meaning: 'What makes fields of lines' },
  { to: '/quality', word: 'Data quality', key: 'q', meaning: 'Coverage, quality, continuity, retention, cost, loss' },
  { to: '/people', word: 'People and tokens', key: 'u', meaning: 'Who may come in and do what; for administrators' },
  { to: '/backlog', word: 'Onboarding backlog', key: 'l', meaning: 'Log sources that rules wait for' },
] as const;

/** All that a letter after g, the palette and the help of keys know. */
export const places = [...rooms, ...inside];
