import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router';
import { readParams } from '@/parts/searchLink';
import { Loading } from '@/parts/states';
import { NotFound } from './NotFound';
import { PageError } from './PageError';
import { Shell } from './Shell';

const text = (v: unknown) => (typeof v === 'string' ? v : typeof v === 'number' ? String(v) : undefined);

const root = createRootRoute({
  component: () => (
    <Shell>
      <Outlet />
    </Shell>
  ),
  notFoundComponent: NotFound,
  errorComponent: PageError,
  pendingComponent: () => <Loading what="the page" />,
});

const page = <P extends string>(path: P) => ({ getParentRoute: () => root, path });

const home = createRoute({
  ...page('/'),
  beforeLoad: () => {
    throw redirect({ to: '/board', replace: true });
  },
});
const board = createRoute({
  ...page('/board'),
  validateSearch: (s: Record<string, unknown>): { filter?: string; lanes?: 'class' | 'domain' } => ({
    filter: text(s.filter) || undefined,
    lanes: s.lanes === 'class' || s.lanes === 'domain' ? s.lanes : undefined,
  }),
  component: lazyRouteComponent(() => import('@/rooms/board/BoardPage')),
});
const boardSettings = createRoute({
  ...page('/board/settings'),
  component: lazyRouteComponent(() => import('@/rooms/board/SettingsPage')),
});
const inbox = createRoute({ ...page('/inbox'), component: lazyRouteComponent(() => import('@/rooms/inbox/InboxPage')) });
const cases = createRoute({
  ...page('/cases'),
  validateSearch: (s: Record<string, unknown>): { state?: 'open' | 'closed'; q?: string; ids?: string } => ({
    state: s.state === 'closed' ? 'closed' : s.state === 'open' ? 'open' : undefined,
    q: text(s.q),
    ids: text(s.ids),
  }),
  component: lazyRouteComponent(() => import('@/rooms/case/CasesPage')),
});
const oneCase = createRoute({
  ...page('/cases/$caseId'),
  validateSearch: (s: Record<string, unknown>): { tab?: string; act?: string; run?: string } => ({
    tab: text(s.tab),
    act: text(s.act),
    run: text(s.run),
  }),
  component: lazyRouteComponent(() => import('@/rooms/case/CasePage')),
});
const search = createRoute({
  ...page('/search'),
  validateSearch: readParams,
  component: lazyRouteComponent(() => import('@/rooms/search/SearchPage')),
});
const dashboards = createRoute({
  ...page('/dashboards'),
  component: lazyRouteComponent(() => import('@/rooms/dashboards/DashboardsPage')),
});
const dashboard = createRoute({
  ...page('/dashboards/$dashboardId'),
  validateSearch: readParams,
  component: lazyRouteComponent(() => import('@/rooms/dashboards/DashboardPage')),
});
const sources = createRoute({
  ...page('/sources'),
  validateSearch: (
    s: Record<string, unknown>,
  ): Partial<Record<'q' | 'health' | 'group' | 'tag' | 'dataset' | 'owner' | 'unit' | 'has' | 'sort', string>> & { desc?: boolean } => ({
    q: text(s.q),
    health: text(s.health),
    group: text(s.group),
    tag: text(s.tag),
    dataset: text(s.dataset),
    owner: text(s.owner),
    unit: text(s.unit),
    has: text(s.has),
    sort: text(s.sort),
    desc: s.desc === true || undefined,
  }),
  component: lazyRouteComponent(() => import('@/rooms/sources/SourcesPage')),
});
const source = createRoute({
  ...page('/sources/$sourceId'),
  validateSearch: (s: Record<string, unknown>): { tab?: string } => ({ tab: text(s.tab) }),
  component: lazyRouteComponent(() => import('@/rooms/sources/SourcePage')),
});
const parsers = createRoute({ ...page('/parsers'), component: lazyRouteComponent(() => import('@/rooms/parsers/ParsersPage')) });
const parser = createRoute({
  ...page('/parsers/$parser'),
  validateSearch: (s: Record<string, unknown>): { source?: string } => ({ source: text(s.source) }),
  component: lazyRouteComponent(() => import('@/rooms/parsers/ParserPage')),
});
const quality = createRoute({
  ...page('/quality'),
  validateSearch: (s: Record<string, unknown>): { by?: string; days?: string } => ({ by: text(s.by), days: text(s.days) }),
  component: lazyRouteComponent(() => import('@/rooms/quality/QualityPage')),
});
const backlog = createRoute({ ...page('/backlog'), component: lazyRouteComponent(() => import('@/rooms/quality/BacklogPage')) });
const rules = createRoute({
  ...page('/rules'),
  validateSearch: (s: Record<string, unknown>): { queue?: string; q?: string; health?: string; product?: string; level?: string } => ({
    queue: text(s.queue),
    q: text(s.q),
    health: text(s.health),
    product: text(s.product),
    level: text(s.level),
  }),
  component: lazyRouteComponent(() => import('@/rooms/rules/RulesPage')),
});
const scopes = createRoute({ ...page('/rules/scopes'), component: lazyRouteComponent(() => import('@/rooms/rules/ScopesPage')) });
const rule = createRoute({
  ...page('/rules/$ruleId'),
  validateSearch: (s: Record<string, unknown>): { tab?: string; event?: string } => ({ tab: text(s.tab), event: text(s.event) }),
  component: lazyRouteComponent(() => import('@/rooms/rules/RulePage')),
});
const measures = createRoute({
  ...page('/measures'),
  validateSearch: (s: Record<string, unknown>): { days?: string } => ({ days: text(s.days) }),
  component: lazyRouteComponent(() => import('@/rooms/measures/MeasuresPage')),
});
const playbooks = createRoute({ ...page('/playbooks'), component: lazyRouteComponent(() => import('@/rooms/playbooks/PlaybooksPage')) });
const playbook = createRoute({
  ...page('/playbooks/$playbookId'),
  component: lazyRouteComponent(() => import('@/rooms/playbooks/PlaybookPage')),
});
const exposure = createRoute({ ...page('/exposure'), component: lazyRouteComponent(() => import('@/rooms/exposure/ExposurePage')) });

const people = createRoute({ ...page('/people'), component: lazyRouteComponent(() => import('@/rooms/people/PeoplePage')) });
const keeping = createRoute({ ...page('/keeping'), component: lazyRouteComponent(() => import('@/rooms/keep/KeepingPage')) });

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    board,
    boardSettings,
    inbox,
    cases,
    oneCase,
    search,
    dashboards,
    dashboard,
    sources,
    source,
    parsers,
    parser,
    quality,
    backlog,
    rules,
    scopes,
    rule,
    measures,
    playbooks,
    playbook,
    exposure,
    keeping,
    people,
  ]),
  defaultPreload: 'intent',
  defaultPendingMs: 250,
  defaultPendingComponent: () => <Loading what="the page" />,
  defaultErrorComponent: PageError,
  scrollRestoration: false,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
