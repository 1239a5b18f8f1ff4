// Names for the shapes of the work on a case, made from the program's own description.
import type { components } from './schema';
import type { Finding } from './types';

type Schemas = components['schemas'];
/** As it comes over the wire: what is null is left out. */
type Sent<T> = T extends readonly (infer E)[]
  ? Sent<E>[]
  : T extends object
    ? { [K in keyof T as null extends T[K] ? never : K]: Sent<T[K]> } & { [K in keyof T as null extends T[K] ? K : never]?: Sent<T[K]> }
    : T;
type Wire<Name extends keyof Schemas> = Sent<Schemas[Name]>;

export type Tlp = Schemas['Tlp'];
export type Pap = Schemas['Pap'];
export type TaskStep = Schemas['TaskStep'];
export type CaseTask = Wire<'TaskView'>;
export type CaseTasks = Omit<Wire<'TasksView'>, 'findings'> & { findings: Finding[] };
export type CaseTemplate = Wire<'CaseTemplate'>;
export type TemplateBook = Wire<'TemplatesView'>;
export type Observable = Wire<'ObservableView'>;
export type CaseObservables = Wire<'ObservablesView'>;
export type SimilarCases = Wire<'SimilarsView'>;
export type Exhibit = Wire<'ExhibitView'>;
export type EvidenceList = Wire<'EvidenceView'>;
export type TimelineLine = Wire<'TimelineLine'>;
export type CaseTimeline = Wire<'TimelineView'>;
export type GraphNode = Wire<'GraphNode'>;
export type GraphEdge = Wire<'GraphEdge'>;
export type CaseGraph = Wire<'GraphView'>;
export type Clock = Wire<'ClockView'>;
export type Work = Wire<'WorkView'>;
export type Missing = Wire<'MissingView'>;
