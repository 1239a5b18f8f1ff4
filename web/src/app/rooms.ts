import {
  IconArchive,
  IconChartDots,
  IconDashboard,
  IconGavel,
  IconInbox,
  IconLayoutKanban,
  IconPlugConnected,
  IconRoute,
  IconSearch,
  IconShieldHalf,
} from '@tabler/icons-react';

export interface RoomEntry {
  to: '/board' | '/inbox' | '/search' | '/dashboards' | '/sources' | '/rules' | '/measures' | '/playbooks' | '/exposure' | '/keeping';
  word: string;
  key: string;
  icon: typeof IconSearch;
  meaning: string;
}

export const rooms: RoomEntry[] = [
  { to: '/board', word: 'Board', key: 'b', icon: IconLayoutKanban, meaning: 'The work, best first' },
  { to: '/inbox', word: 'Inbox', key: 'i', icon: IconInbox, meaning: 'What waits for you' },
  { to: '/search', word: 'Search', key: 's', icon: IconSearch, meaning: 'Events and alerts' },
  { to: '/dashboards', word: 'Dashboards', key: 'd', icon: IconDashboard, meaning: 'Saved searches side by side' },
  { to: '/sources', word: 'Sources', key: 'o', icon: IconPlugConnected, meaning: 'What sends logs, and what is silent' },
  { to: '/rules', word: 'Rules', key: 'r', icon: IconGavel, meaning: 'Production and testing queue' },
  { to: '/playbooks', word: 'Playbooks', key: 'p', icon: IconRoute, meaning: 'What to do, and what is uncovered' },
  { to: '/exposure', word: 'Exposure', key: 'x', icon: IconShieldHalf, meaning: 'Open windows on assets' },
  { to: '/measures', word: 'Measures', key: 'm', icon: IconChartDots, meaning: 'How we do, and why it changed' },
  { to: '/keeping', word: 'Keeping', key: 'k', icon: IconArchive, meaning: 'What is kept, for how long, and is it whole' },
];
