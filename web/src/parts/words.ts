import type { Lane, Level, RunState, StepState, Verdict } from '@/wire/types';

export const laneWords: Record<Lane, { title: string; meaning: string }> = {
  new: { title: 'New', meaning: 'Waiting to be pulled, best first.' },
  triage: { title: 'Triage', meaning: 'Someone decides what it is.' },
  investigate: { title: 'Investigate', meaning: 'Finding out how far it goes.' },
  contain: { title: 'Contain', meaning: 'Operations stops it from spreading.' },
  recover: { title: 'Recover', meaning: 'Operations removes it and restores.' },
  validate: { title: 'Validate', meaning: 'Response checks that it is really gone.' },
  closed: { title: 'Closed', meaning: 'Decided, with verdict and gap.' },
};
export const lanes = Object.keys(laneWords) as Lane[];

export const levelWords: Record<Level, string> = {
  critical: 'critical',
  high: 'high',
  medium: 'medium',
  low: 'low',
  informational: 'info',
};

export const verdictWords: Record<Verdict, string> = {
  truePositive: 'True positive',
  benignPositive: 'Benign positive',
  falsePositive: 'False positive',
  undecided: 'Undecided',
};

export const runWords: Record<RunState, string> = {
  running: 'running',
  waiting: 'waiting for a person',
  succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'cancelled',
  inDoubt: 'in doubt',
};
export const stepWords: Record<StepState, string> = {
  pending: 'not yet',
  running: 'running',
  waiting: 'waiting',
  succeeded: 'ok',
  failed: 'failed',
  timedOut: 'timed out',
  cancelled: 'cancelled',
  skipped: 'skipped',
  inDoubt: 'in doubt',
};

/** ATT&CK enterprise tactics in their order. */
export const tactics = [
  'reconnaissance',
  'resource-development',
  'initial-access',
  'execution',
  'persistence',
  'privilege-escalation',
  'defense-evasion',
  'credential-access',
  'discovery',
  'lateral-movement',
  'collection',
  'command-and-control',
  'exfiltration',
  'impact',
] as const;

/** Servers and rules write tactics with spaces, hyphens or underscores. */
export const tacticKey = (tactic: string) => tactic.toLowerCase().replace(/[ _]/g, '-');
export const tacticWord = (tactic: string) => {
  const words = tactic.replace(/[-_]/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** VERIS discovery methods that an office team meets. */
export const discoveries = [
  ['internal.detection', 'Internal: a detection rule'],
  ['internal.hunting', 'Internal: hunting'],
  ['internal.user', 'Internal: reported by a person'],
  ['internal.audit', 'Internal: audit or scan'],
  ['external.notice', 'External: told by someone outside'],
  ['external.customer', 'External: customer'],
  ['external.actor', 'External: the attacker said so'],
  ['partner', 'Partner or provider'],
  ['other', 'Other'],
] as const;

export const whole = (n: number) => Math.round(n).toLocaleString('en-GB').replaceAll(',', '\u202f');
export const bytes = (n: number) => {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let i = 0;
  let v = n;
  while (v >= 1000 && i < units.length - 1) {
    v /= 1000;
    i++;
  }
  return `${v >= 100 || i === 0 ? Math.round(v) : v.toFixed(1)} ${units[i]}`;
};
export const short = (n: number) =>
  n < 10_000 ? whole(n) : n < 1_000_000 ? `${(n / 1000).toFixed(n < 100_000 ? 1 : 0)}k` : `${(n / 1_000_000).toFixed(1)}M`;
export const signed = (n: number, digits = 0) => `${n > 0 ? '+' : n < 0 ? '−' : '±'}${Math.abs(n).toFixed(digits)}`;
/** A reason begins with its own points ("+4: same host …"); where these stand beside it, once is enough. */
export const reasonText = (reason: string) => reason.replace(/^[+\-−±]?\d+(\.\d+)?: /, '');
export const actorWord = (actor: string) => actor.replace(/^user:/, '').replace(/^andon:/, 'Andon ');
export const many = (n: number, one: string, more = `${one}s`) => `${whole(n)} ${n === 1 ? one : more}`;
