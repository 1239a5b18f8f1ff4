// Names for the shapes of the program's HTTP interface. schema.d.ts is made from openapi.json (`npm run wire`) and is never edited;
// here stand only what the document cannot say (which words a text may be) and the names by which the console calls things.
import type { components } from './schema';

type Schemas = components['schemas'];

/** As it comes over the wire: what is null is left out. */
type Sent<T> = T extends readonly (infer E)[]
  ? Sent<E>[]
  : T extends object
    ? { [K in keyof T as null extends T[K] ? never : K]: Sent<T[K]> } & { [K in keyof T as null extends T[K] ? K : never]?: Sent<T[K]> }
    : T;
type Wire<Name extends keyof Schemas> = Sent<Schemas[Name]>;
/** A shape of which some parts are known more exactly than the document says. */
type With<T, Parts> = Omit<T, keyof Parts> & Parts;

export type FindingLevel = Schemas['FindingLevel'];
export type Finding = Required<Schemas['Finding']>;

// Host
export type Session = Wire<'Session'>;
export type Stage = Wire<'StageState'>;
export type HouseFinding = Wire<'FindingRow'>;
export type House = Wire<'House'>;
export type Fact = With<Wire<'FactView'>, { body: Record<string, unknown> }>;
/** A line of the live stream, which the document does not hold. */
export interface FactNotice {
  seq: number;
  type: string;
  subject: string;
  atMs: number;
}

// Intake
export type Fields = Record<string, string[]>;
export type FindingCount = Wire<'SourceFinding'>;
export type Source = Wire<'SourceView'>;
export type SourcePage = With<Wire<'SourcePage'>, { sources: Source[] }>;
export type SourceSummary = Wire<'SourceSummary'>;
export type SourceChoice = Wire<'SourceChoice'>;
export type SourceSample = Wire<'SourceSample'>;
export type SourceAlarm = Wire<'SourceAlarmView'>;
export type SourceAilment = Schemas['SourceAilment'];
export type SourceCard = Required<Wire<'SourceCard'>>;
export type SourceContract = Required<Wire<'SourceContract'>>;
export type SourceDetail = With<
  Wire<'SourceDetail'>,
  { naming: Finding[]; alarms: SourceAlarm[]; card: SourceCard; contract?: SourceContract }
>;
export type SourceProfile = Wire<'SourceProfile'>;
export type SourceGroup = Wire<'SourceGroupView'>;
export type ContractView = With<Wire<'ContractView'>, { findings: Finding[]; contract?: SourceContract }>;
export type UsageView = Wire<'UsageView'>;
export type UnusedRow = Wire<'UnusedRow'>;
export type FilterOffer = Wire<'FilterOffer'>;
export type BaselineImported = With<Wire<'BaselineImported'>, { findings: Finding[]; drift: Wire<'BaselineChange'>[]; tried: boolean }>;
export type DriftReport = Wire<'DriftReport'>;
export type SourceSettings = Wire<'SourceSettingsView'>;
export type SamplingList = Wire<'SamplingList'>;
export type SamplingOffer = Omit<Wire<'SamplingOffer'>, 'warnings'> & { warnings: Finding[] };
export type QualityTable = Wire<'QualityTable'>;
export type KeptTable = Wire<'KeptTable'>;
export type QualityRow = Wire<'QualityRow'>;
export type QualityFigures = Wire<'QualityFigures'>;
export type Backlog = Wire<'OnboardingBacklog'>;
export type BacklogRow = Wire<'BacklogRow'>;
export type ParserEntry = Wire<'ParserEntry'>;
export type ParserBook = With<Wire<'ParserList'>, { findings: Finding[] }>;
export type ParserCase = Wire<'ParserCaseView'>;
export type ParserPreview = With<Wire<'ParserPreview'>, { findings: Finding[]; cases: ParserCase[]; lines: ParserPreviewLine[] }>;
export type ParserPreviewLine = With<Wire<'ParserPreviewLine'>, { before: Fields; after: Fields; steps: ParserStep[] }>;
export type ParserStep = With<Wire<'ParserStep'>, { fields: ParserStepField[]; from: number[] }>;
export type ParserStepField = Wire<'ParserStepField'>;
export type ParserStreamTrial = With<Wire<'ParserStreamTrial'>, { findings: Finding[]; lines: ParserPreviewLine[] }>;
export type ParserSaved = With<Wire<'ParserSavedView'>, { findings: Finding[] }>;
export type Reparse = Wire<'ReparseProgress'>;
export interface Uploaded {
  records: number;
  findings: Finding[];
  sourceId: string;
}

// Detect
export type Level = Schemas['Level'];
export type RuleQueue = Schemas['RuleQueue'];
export type Rule = With<Wire<'RuleRow'>, { findings: Finding[] }>;
export type RuleBook = With<Wire<'RuleList'>, { rules: Rule[]; refused: Finding[] }>;
export type HealthMark = Schemas['HealthMark'];
export type HealthSign = Wire<'HealthSign'>;
export type RuleVerdicts = Wire<'RuleVerdicts'>;
export type PromotionEvidence = With<Wire<'PromotionEvidence'>, { missing: Finding[] }>;
export type PendingPromotion = With<Wire<'PendingPromotion'>, { evidence: PromotionEvidence }>;
export type Promoted = Wire<'Promoted'>;
export type RuleVersion = Wire<'RuleVersionView'>;
export type RuleEntry = With<Wire<'RuleEntry'>, { evidence?: PromotionEvidence }>;
export type HitSample = Wire<'HitSample'>;
export type RuleText = Wire<'RuleVersionText'>;
export type RuleExplanation = Wire<'RuleExplanation'>;
export type BacktestFigures = Wire<'BacktestFigures'>;
export type Backtest = With<Wire<'BacktestView'>, { findings: Finding[] }>;
export type BacktestBook = With<Wire<'BacktestList'>, { backtests: Backtest[] }>;
export type RuleScope = Wire<'RuleScope'>;
export type ScopeRow = Wire<'ScopeRow'>;
export type ScopeBook = Wire<'ScopeList'>;
export type RuleDetail = With<
  Wire<'RulePage'>,
  { findings: Finding[]; evidence: PromotionEvidence; pending?: PendingPromotion; entries: RuleEntry[]; judged: Record<string, Verdict> }
>;
export type CorrelationLook = Wire<'CorrelationLook'>;
export type GroupLook = Wire<'GroupLook'>;
export type RuleCheck = With<Wire<'RuleFindings'>, { findings: Finding[] }>;
export type RuleImport = With<Wire<'RuleImported'>, { findings: Finding[] }>;

// Query
export type SearchAsk = Wire<'SearchAsk'>;
export type Column = Wire<'SearchColumn'>;
export type Cell = string | number | boolean | null | unknown[] | Record<string, unknown>;
export type AnswerState = Schemas['SearchState'];
export type SearchStats = Wire<'SearchStats'>;
export type SearchAnswer = With<Wire<'SearchAnswer'>, { rows: Cell[][]; findings: Finding[] }>;
export type HistogramAsk = Wire<'HistogramAsk'>;
export type Histogram = With<Wire<'HistogramAnswer'>, { findings: Finding[] }>;
export type BoxAnswer = With<Wire<'BoxAnswer'>, { findings: Finding[] }>;
export type SchemaColumn = Wire<'SchemaColumn'>;
export type SchemaTable = Wire<'SchemaTable'>;
export type SchemaFunction = Wire<'SchemaFunction'>;
export type SearchSchema = Wire<'Schema'>;
export type EventView = Wire<'StoredEvent'>;
export type SearchValue = Wire<'SearchValue'>;
export type SearchParameter = Wire<'SearchParameter'>;
export type SearchUse = Wire<'SearchUse'>;
export type ScheduledEntity = With<Wire<'ScheduledEntity'>, { kind: EntityKind; role: EntityRole }>;
export type ScheduleRun = With<Wire<'ScheduleRun'>, { finding?: Finding }>;
export type Schedule = With<
  Wire<'ScheduleView'>,
  { entities: ScheduledEntity[]; values: Record<string, string>; runs: ScheduleRun[]; last?: ScheduleRun; level: Level; queue: RuleQueue }
>;
export type SavedSearch = With<Wire<'SearchView'>, { schedule?: Schedule; parameters: SearchParameter[] }>;
export type SavedVersion = Wire<'SearchVersionView'>;
export type SavedDetail = With<Wire<'SearchDetail'>, { search: SavedSearch; versions: SavedVersion[] }>;
export type PastSearch = Wire<'PastSearch'>;
export type FieldValues = With<Wire<'FieldValues'>, { top: { value?: Cell; count: number }[]; findings: Finding[] }>;
export type Nothing = Wire<'Nothing'>;
export type Panel = With<Wire<'DashboardPanel'>, { values: Record<string, string> }>;
export type Dashboard = With<Wire<'DashboardView'>, { panels: Panel[]; parameters: SearchParameter[] }>;
export type EntityRole = Schemas['EntityRole'];

// Triage
export type Lane = Schemas['Lane'];
export type EntityKind = Schemas['EntityKind'];
export type CardEntity = Wire<'EntityChip'>;
export type RunState = 'running' | 'waiting' | 'succeeded' | 'failed' | 'cancelled' | 'inDoubt';
export type ServiceClass = Schemas['ServiceClass'];
export type Service = Wire<'ServiceView'>;
export type PullWhy = Wire<'PullWhy'>;
export type Card = With<Wire<'Card'>, { runs: { runId: string; state: RunState }[]; service: Service }>;
export type BoardLane = With<Wire<'LaneView'>, { cards: Card[] }>;
export type Board = With<Wire<'BoardView'>, { lanes: BoardLane[] }>;
export type CaseList = With<Wire<'CaseListView'>, { cases: Card[] }>;
export type EvidenceShare = Wire<'EvidenceShare'>;
export type PriorityWhy = Wire<'PriorityWhy'>;
export type PriorityMove = Wire<'HistoryPoint'>;
export type JoinReason = Wire<'JoinReason'>;
export type CaseSignal = Wire<'SignalView'>;
export type Note = Wire<'NoteView'>;
export type TimelineItem = With<Wire<'TimelineEntry'>, { lane: 'attack' | 'response' }>;
export type ControlChoice = Wire<'ControlChoice'>;
export type Verdict = Schemas['Verdict'];
export type CloseAsk = With<Wire<'CloseAsk'>, { verdict: Verdict; discovery: string; reason: string }>;
export type Closed = Wire<'ClosedView'>;
export type CaseView = With<Wire<'CaseView'>, { card: Card; timeline: TimelineItem[] }>;
export type Twig = Wire<'TwigView'>;
export type CaseLine = With<Wire<'CaseLine'>, { lane: Lane; verdict?: Verdict }>;
export type CasePart = With<Wire<'PartView'>, { case: CaseLine }>;
export type SimilarCase = With<Wire<'SimilarView'>, { case: With<Wire<'CaseRef'>, { verdict?: Verdict }> }>;
export type Parting = With<Wire<'PartingView'>, { case?: CaseLine; other?: CaseLine }>;
export type SignalMove = With<Wire<'MoveView'>, { from: CaseLine; to: CaseLine }>;
export type Campaign = With<Wire<'CampaignView'>, { cases: CaseLine[] }>;
export type Grouping = With<
  Wire<'GroupingView'>,
  {
    tree: Twig[];
    parts: CasePart[];
    similar: SimilarCase[];
    recurrenceOf?: { case: CaseLine; reason: string };
    recurredAs: CaseLine[];
    partings: Parting[];
    moves: SignalMove[];
    campaign?: Campaign;
  }
>;
export type Falls = With<Wire<'FallsView'>, { cases: CaseLine[]; refused?: Finding }>;
export type CaseAlert = Wire<'AlertView'>;
export type CaseAlerts = Wire<'AlertsView'>;
export type BoardFlow = Wire<'FlowView'>;
export type BoardSettings = Wire<'SettingsView'>;
export type BulkAnswer = With<Wire<'BulkView'>, { refused: { caseId: string; finding: Finding }[] }>;
export type RequestState = Schemas['RequestState'];
export type RemediationRequest = Wire<'RequestView'>;
export type AcceptanceCheck = Wire<'AcceptanceCheck'>;
export type Inbox = Wire<'InboxView'>;

// Respond
export type Playbook = With<Wire<'PlaybookView'>, { findings: Finding[] }>;
export type PlaybookStep = Wire<'PlaybookStepView'>;
export type RunVariable = Wire<'RunVariableView'>;
export type PlaybookDetail = With<Wire<'PlaybookDetail'>, { playbook: Playbook }>;
export type PlaybookBook = With<Wire<'PlaybooksView'>, { playbooks: Playbook[]; refused: Finding[] }>;
export type StepState = 'pending' | 'running' | 'waiting' | 'succeeded' | 'failed' | 'timedOut' | 'cancelled' | 'skipped' | 'inDoubt';
export type RunStep = With<Wire<'RunStepView'>, { state: StepState }>;
export type Run = With<Wire<'RunView'>, { state: RunState; steps: RunStep[] }>;
export type DoubtChoice = 'happened' | 'again' | 'skip';

// Exposure
export type ExposureWindow = Wire<'WindowView'>;
export type Asset = Wire<'AssetView'>;
export type Accepted = With<Wire<'ExposureTaken'>, { findings: Finding[] }>;

// Measure
export type Control = Required<Wire<'ControlEntry'>>;
export type MetricCause = Wire<'Cause'>;
export type MetricPoint = Wire<'Point'>;
export type Metric = Wire<'Metric'>;
export type Gap = Wire<'GapView'>;
