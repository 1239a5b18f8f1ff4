// The shapes of the program's HTTP interface, under the names its OpenAPI document gives them.
// Written by hand until that document is generated; `npm run wire` then makes schema.d.ts and this page becomes aliases.

export type FindingLevel = 'note' | 'warning' | 'error';
export interface Finding {
  code: string;
  message: string;
  hint: string;
  place: string;
  level: FindingLevel;
}

export interface Session {
  name: string;
  roles: string[];
}

export interface Stage {
  name: string;
  position: number;
  lag: number;
  state: string;
  note: string;
}
export interface HouseFinding extends Finding {
  stage: string;
  count: number;
  lastMs: number;
}
export interface House {
  version: string;
  startedMs: number;
  nowMs: number;
  stages: Stage[];
  engine: { state: string; note: string };
  eventsPerSecond: number;
  findings: HouseFinding[];
}

export interface Fact {
  seq: number;
  atMs: number;
  actor: string;
  cause: string;
  type: string;
  body: Record<string, unknown>;
}
export interface FactNotice {
  seq: number;
  type: string;
  subject: string;
  atMs: number;
}

// Intake
export interface FindingCount {
  code: string;
  count: number;
}
export interface Source {
  sourceId: string;
  name: string;
  owner: string;
  unit: string;
  listener: string;
  host: string;
  dataset: string;
  firstMs: number;
  lastMs: number;
  events: number;
  bytes: number;
  parseFailures: number;
  perMinute: number[];
  findings: FindingCount[];
}
export interface SourceSample {
  eventId: string;
  timeMs: number;
  raw: string;
  fields: Fields;
  findings: string[];
}
export interface SourceDetail extends Source {
  samples: SourceSample[];
}

export type Fields = Record<string, string[]>;

// Detect
export type Level = 'informational' | 'low' | 'medium' | 'high' | 'critical';
export type RuleQueue = 'production' | 'testing' | 'input';
export interface Rule {
  ruleId: string;
  title: string;
  level: Level;
  status: string;
  author: string;
  queue: RuleQueue;
  enabled: boolean;
  product: string;
  category: string;
  service: string;
  tags: string[];
  hits24h: number;
  hitsTotal: number;
  lastHitMs: number | null;
  findings: Finding[];
}
export interface RuleBook {
  rules: Rule[];
  refused: Finding[];
  setHash: string;
}
export interface RuleDetail extends Rule {
  yaml: string;
  description: string;
  references: string[];
  falsePositives: string[];
  license: string;
  hitsPerDay: { dayMs: number; count: number }[];
  playbooks?: string[];
}
export interface RuleCheck {
  findings: Finding[];
}
export interface RuleImport {
  loaded: number;
  refused: number;
  findings: Finding[];
}

// Query
export interface SearchAsk {
  kql: string;
  fromMs?: number;
  toMs?: number;
  limit?: number;
}
export interface Column {
  name: string;
  type: string;
}
export type Cell = string | number | boolean | null | unknown[] | Record<string, unknown>;
export type AnswerState = 'complete' | 'limited' | 'partial';
export interface SearchStats {
  rows: number;
  scannedRows: number;
  scannedBytes: number;
  elapsedMs: number;
  state: AnswerState;
}
export interface SearchAnswer {
  kql: string;
  columns: Column[];
  rows: Cell[][];
  stats: SearchStats;
  findings: Finding[];
}
export interface HistogramAsk {
  kql: string;
  fromMs: number;
  toMs: number;
  buckets: number;
}
export interface Histogram {
  bucketMs: number;
  counts: { ms: number; count: number }[];
}
export interface BoxAnswer {
  kql: string;
  findings: Finding[];
}
export interface SchemaColumn {
  name: string;
  type: string;
  meaning: string;
}
export interface SchemaTable {
  name: string;
  meaning: string;
  columns: SchemaColumn[];
}
export interface SchemaFunction {
  name: string;
  signature: string;
  meaning: string;
  aggregate: boolean;
}
export interface SearchSchema {
  tables: SchemaTable[];
  operators: string[];
  functions: SchemaFunction[];
  relations: string[];
}
export interface EventView {
  eventId: string;
  timeMs: number;
  receivedMs: number;
  sourceId: string;
  raw: string;
  rawIsUtf8: boolean;
  fields: Fields;
}

// Triage
export type Lane = 'new' | 'triage' | 'investigate' | 'contain' | 'recover' | 'validate' | 'closed';
export type EntityKind =
  | 'host'
  | 'user'
  | 'process'
  | 'session'
  | 'hash'
  | 'ip'
  | 'domain'
  | 'url'
  | 'message'
  | 'principal'
  | 'container'
  | 'vulnerability';
export interface CardEntity {
  kind: EntityKind;
  value: string;
  seenIn: number;
}
export type RunState = 'running' | 'waiting' | 'succeeded' | 'failed' | 'cancelled' | 'inDoubt';
export interface Card {
  caseId: string;
  number: number;
  title: string;
  priority: number;
  lane: Lane;
  domain: string;
  owner?: string | null;
  openedMs: number;
  lastMs: number;
  alerts: number;
  signals: number;
  spark: number[];
  level: Level;
  entities: CardEntity[];
  tactics: string[];
  reason: string;
  lastDelta: number;
  runs?: { runId: string; state: RunState }[] | null;
  relatedTo: string[];
}
export interface BoardLane {
  lane: Lane;
  limit: number | null;
  total: number;
  cards: Card[];
}
export interface Board {
  lanes: BoardLane[];
  testing: { hits24h: number };
  closed24h: number;
}

export interface EvidenceShare {
  signalId: string;
  title: string;
  lambda: number;
  share: number;
}
export interface PriorityWhy {
  l: number;
  k: number;
  i: number;
  x: number;
  lnOdds: number;
  shares: EvidenceShare[];
  wouldChange: string[];
}
export interface PriorityMove {
  atMs: number;
  from: number;
  to: number;
  reason: string;
  factSeq: number;
}
export interface JoinReason {
  via: string;
  with: string;
  gapMs: number;
  score: number;
  text: string;
}
export interface CaseSignal {
  signalId: string;
  ruleId: string;
  title: string;
  level: Level;
  entity: string;
  entities: { kind: EntityKind; value: string; role?: string }[];
  count: number;
  firstMs: number;
  lastMs: number;
  lambda: number;
  share: number;
  join: JoinReason | null;
  factSeq: number;
}
export interface Note {
  atMs: number;
  actor: string;
  text: string;
}
export interface TimelineItem {
  atMs: number;
  lane: 'attack' | 'response';
  kind: string;
  text: string;
  factSeq?: number | null;
  eventId?: string | null;
}
export interface Control {
  id: string;
  name: string;
  meaning?: string;
}
export type Verdict = 'truePositive' | 'benignPositive' | 'falsePositive' | 'undecided';
export interface CloseAsk {
  verdict: Verdict;
  controlsFailed: string[];
  earliestMissedStage?: string;
  discovery: string;
  reason: string;
  effortMinutes: number;
}
export interface Closed extends CloseAsk {
  atMs?: number;
  actor?: string;
}
export interface CaseView {
  card: Card;
  why: PriorityWhy;
  history: PriorityMove[];
  signals: CaseSignal[];
  notes: Note[];
  timeline: TimelineItem[];
  closed: Closed | null;
  controls: Control[];
}
export interface CaseAlert {
  eventId: string;
  timeMs: number;
  ruleId: string;
  title: string;
  level: Level;
  author: string;
  sourceId: string;
  fields: Record<string, string>;
  entities: string[];
  contributing: string[];
}
export interface CaseAlerts {
  total: number;
  alerts: CaseAlert[];
}

// Respond
export interface Playbook {
  playbookId: string;
  version: string;
  name: string;
  description: string;
  ruleIds: string[];
  runs: number;
  lastRunMs: number | null;
  findings: Finding[];
}
export interface PlaybookStep {
  stepId: string;
  name: string;
  kind: string;
  description: string;
  effect?: string | null;
  text?: string | null;
  condition?: string | null;
  onCompletion?: string | null;
  onSuccess?: string | null;
  onFailure?: string | null;
  onTrue?: string | null;
  onFalse?: string | null;
}
export interface RunVariable {
  name: string;
  type: string;
  value?: string | null;
  description: string;
}
export interface PlaybookDetail {
  playbook: Playbook;
  hash: string;
  start: string;
  steps: PlaybookStep[];
  variables: RunVariable[];
  json: string;
  yaml: string;
}
export interface PlaybookBook {
  playbooks: Playbook[];
  refused: Finding[];
  coverage: {
    rulesWithout: (string | { ruleId: string; title: string })[];
    playbooksWithoutRule: (string | { playbookId: string; name: string })[];
  };
}
export type StepState = 'pending' | 'running' | 'waiting' | 'succeeded' | 'failed' | 'timedOut' | 'cancelled' | 'skipped' | 'inDoubt';
export interface RunStep {
  stepId: string;
  name: string;
  kind: string;
  state: StepState;
  effect: string;
  rendered: string;
  output: string;
  prompt?: string | null;
  startedMs?: number | null;
  endedMs?: number | null;
  next?: string | null;
  attempt: number;
  /** Variables that an answer to this step may give. */
  outputs: string[];
}
export interface Run {
  runId: string;
  caseId: string;
  playbookId: string;
  name: string;
  version: string;
  state: RunState;
  startedMs: number;
  endedMs?: number | null;
  steps: RunStep[];
  variables: RunVariable[];
}
export type DoubtChoice = 'happened' | 'again' | 'skip';

// Exposure
export interface ExposureWindow {
  windowId: string;
  assetId: string;
  assetName: string;
  cve: string;
  package: string;
  kev: boolean;
  openedMs: number;
  closedMs?: number | null;
  exposedMinutes: number;
  why: string;
  unit: string;
  owner: string;
}
export interface Asset {
  assetId: string;
  name: string;
  addresses: string[];
  zone: string;
  criticality: number;
  owner: string;
  unit: string;
  reachable: boolean;
  crownJewel: boolean;
  vulnerabilities?: number;
  openWindows?: number;
}
export interface Accepted {
  accepted: number;
  findings: Finding[];
}

// Measure
export interface MetricCause {
  text: string;
  effect?: number | null;
  factSeq: number;
}
export interface MetricPoint {
  ms: number;
  n: number;
  d: number;
  value?: number | null;
}
export interface Metric {
  key: string;
  title: string;
  unit: string;
  n: number;
  d: number;
  value?: number | null;
  median?: number | null;
  p90?: number | null;
  ci?: [number, number] | null;
  period: { fromMs: number; toMs: number };
  previous: { n: number; d: number; value?: number | null };
  delta?: number | null;
  population: string;
  clock: string;
  coverage: string;
  smallN: boolean;
  causes: MetricCause[];
  series: MetricPoint[];
}
export interface Gap {
  control: string;
  name: string;
  cases: number;
  score: number;
  effortMinutes: number;
  previousScore: number;
  delta: number;
  caseIds: string[];
}
