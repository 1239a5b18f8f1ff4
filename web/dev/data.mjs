// Believable data for working on the console without the program: an office of forty people, one bad day.
let seed = 20261122;
export const rnd = () => {
  seed = (seed * 1664525 + 1013904223) >>> 0;
  return seed / 4294967296;
};
export const pick = (list) => list[Math.floor(rnd() * list.length)];
const int = (from, to) => from + Math.floor(rnd() * (to - from + 1));
const hex = (n) => Array.from({ length: n }, () => '0123456789abcdef'[int(0, 15)]).join('');
const uuid = () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`;
const minute = 60_000,
  hour = 60 * minute,
  day = 24 * hour;
export const now = () => Date.now();
const start = Date.now();

const hosts = [
  'web01',
  'web02',
  'mail01',
  'dc01',
  'dc02',
  'file01',
  'vpn-gw',
  'build03',
  'wks-anna',
  'wks-jonas',
  'wks-meera',
  'wks-pavel',
  'print02',
  'db01',
  'erp01',
  'backup01',
];
const users = [
  'anna.lind',
  'jonas.berg',
  'meera.rao',
  'pavel.novak',
  'svc-backup',
  'svc-deploy',
  'erik.holm',
  'sofia.costa',
  'li.wei',
  'admin-tom',
];
const bad = ['203.0.113.77', '198.51.100.23', '192.0.2.145', '203.0.113.9'];
const inner = () => `10.20.${int(0, 8)}.${int(2, 250)}`;

const ruleSeeds = [
  [
    'SSH password guessing succeeded',
    'critical',
    'linux',
    '',
    'sshd',
    ['attack.credential-access', 'attack.t1110.001', 'attack.initial-access'],
  ],
  ['Many failed SSH logins from one address', 'medium', 'linux', '', 'sshd', ['attack.credential-access', 'attack.t1110']],
  ['New local user with administrative group', 'high', 'linux', '', 'auth', ['attack.persistence', 'attack.t1136.001']],
  ['Scheduled task created by script host', 'high', 'windows', 'process_creation', '', ['attack.persistence', 'attack.t1053.005']],
  ['Encoded PowerShell command line', 'high', 'windows', 'process_creation', '', ['attack.execution', 'attack.t1059.001']],
  ['LSASS memory opened by unusual process', 'critical', 'windows', 'process_access', '', ['attack.credential-access', 'attack.t1003.001']],
  ['Directory enumeration against a web server', 'low', 'webserver', '', 'nginx', ['attack.reconnaissance', 'attack.t1595.003']],
  ['Web shell file name requested', 'high', 'webserver', '', 'nginx', ['attack.persistence', 'attack.t1505.003']],
  ['Service installed from a temporary folder', 'high', 'windows', '', 'system', ['attack.persistence', 'attack.t1543.003']],
  ['Logon with explicit credentials to many hosts', 'medium', 'windows', '', 'security', ['attack.lateral-movement', 'attack.t1021']],
  ['Sudo to root by a service account', 'medium', 'linux', '', 'sudo', ['attack.privilege-escalation', 'attack.t1548.003']],
  ['Audit log cleared', 'critical', 'windows', '', 'security', ['attack.defense-evasion', 'attack.t1070.001']],
  ['Mail rule that forwards outside', 'medium', 'm365', '', 'exchange', ['attack.collection', 'attack.t1114.003']],
  ['DNS query to a newly seen domain with high entropy', 'low', 'dns', '', '', ['attack.command-and-control', 'attack.t1071.004']],
  ['VPN logon from two countries within an hour', 'medium', 'vpn', '', '', ['attack.initial-access', 'attack.t1078']],
  ['Archive with password made on a file server', 'medium', 'windows', 'process_creation', '', ['attack.collection', 'attack.t1560.001']],
  ['Antivirus real-time protection switched off', 'high', 'windows', '', 'windefend', ['attack.defense-evasion', 'attack.t1562.001']],
  ['Kerberos ticket requested with RC4', 'medium', 'windows', '', 'security', ['attack.credential-access', 'attack.t1558.003']],
  ['Database dump over HTTP', 'high', 'webserver', '', 'nginx', ['attack.exfiltration', 'attack.t1048']],
  ['Cron entry written by the web server user', 'high', 'linux', '', 'auditd', ['attack.persistence', 'attack.t1053.003']],
  [
    'Printer spooler loads library from a user folder',
    'high',
    'windows',
    'image_load',
    '',
    ['attack.privilege-escalation', 'attack.t1068'],
  ],
  ['Unusual parent of cmd.exe', 'low', 'windows', 'process_creation', '', ['attack.execution', 'attack.t1059.003']],
  ['USB mass storage first seen', 'informational', 'windows', '', 'driver-framework', ['attack.initial-access', 'attack.t1091']],
  ['Outbound SMB to the internet', 'high', 'firewall', '', '', ['attack.exfiltration', 'attack.t1048.003']],
  ['Backup job deleted shadow copies', 'critical', 'windows', 'process_creation', '', ['attack.impact', 'attack.t1490']],
];
const authors = ['Andon', 'Andon', 'Florian Roth (Nextron Systems)', 'frack113', 'Nasreddine Bencherchali'];
const tacticOf = (tags) => tags.filter((t) => !/\.t\d/.test(t)).map((t) => t.slice(7));

export const rules = ruleSeeds.map(([title, level, product, category, service, tags], i) => ({
  ruleId: uuid(),
  title,
  level,
  status: i % 7 === 3 ? 'experimental' : i % 3 ? 'test' : 'stable',
  author: authors[i % 5],
  queue: [6, 13, 17, 21, 22].includes(i) ? 'testing' : i === 1 ? 'input' : 'production',
  enabled: i !== 14,
  product,
  category,
  service,
  tags,
  hits24h: i === 6 ? 41_036 : i === 1 ? 312 : int(0, 24),
  hitsTotal: i === 6 ? 410_336 : int(20, 900),
  lastHitMs: i === 18 ? null : start - int(1, 2000) * minute,
  findings:
    i === 4
      ? [
          {
            code: 'SIG031',
            message: 'The field CommandLine|base64offset is compared with a pattern that holds a wildcard.',
            hint: 'Encode the text without the wildcard, or use contains.',
            place: 'rules/windows/powershell_encoded.yml:24',
            level: 'warning',
          },
        ]
      : [],
}));
export const refused = [
  {
    code: 'SIG012',
    message: 'The condition names a selection that does not exist: selection_img.',
    hint: 'Did you mean selection_image?',
    place: 'rules/windows/proc_creation_win_rundll32_odd.yml:31',
    level: 'error',
  },
  {
    code: 'SIG020',
    message: 'The modifier `expand` needs a placeholder file.',
    hint: 'Add content/mappings/placeholders.yml or drop the modifier.',
    place: 'rules/cloud/aws_root_login.yml:17',
    level: 'error',
  },
  {
    code: 'SIG002',
    message: 'The rule is no YAML: a tab stands where spaces are due.',
    hint: 'Indent with spaces.',
    place: 'rules/local/test\u202Elmy.exe:4',
    level: 'error',
  },
];

export const yamlOf = (r) => `title: ${r.title}
id: ${r.ruleId}
status: ${r.status}
description: |
    Finds ${r.title.charAt(0).toLowerCase()}${r.title.slice(1)}.
references:
    - https://attack.mitre.org/techniques/${(r.tags.find((t) => /\.t\d/.test(t)) ?? 'attack.t1110').slice(7).toUpperCase().replace('.', '/')}/
author: ${r.author}
date: 2026-03-11
tags:
${r.tags.map((t) => `    - ${t}`).join('\n')}
logsource:
    product: ${r.product}${r.category ? `\n    category: ${r.category}` : ''}${r.service ? `\n    service: ${r.service}` : ''}
detection:
    selection:
        event.action: ssh_login
        event.outcome: failure
    filter_scanner:
        source.ip|cidr: 10.20.250.0/24
    condition: selection and not filter_scanner
falsepositives:
    - A user who forgot the password after the holidays
level: ${r.level}
`;

const hostile = [
  '<img src=x onerror=alert(1)>',
  'admin\u0000\u001b[31mroot\u001b[0m',
  'invoice\u202Efdp.exe',
  "Robert'); DROP TABLE cases;--",
  '\u200Bghost\u200D',
];
const lanes = ['new', 'triage', 'investigate', 'contain', 'recover', 'validate'];
export const limits = { new: null, triage: 6, investigate: 8, contain: 4, recover: 4, validate: 5, closed: null };
const owners = ['anna', 'tomas', 'ines'];
const domains = ['identity', 'endpoint', 'network', 'mail', 'application', 'cloud'];
const reasons = [
  (e) => [`same ${e.kind} ${e.value} now in 3 rules`, int(6, 24)],
  () => [`new signal: ${pick(rules).title}`, int(3, 18)],
  () => [`no new evidence for ${int(2, 9)} h`, -int(1, 9)],
  (e) => [`window CVE-2026-${int(1000, 9999)} opened on ${e.value}, in KEV`, int(8, 20)],
  () => [`asset patched ${String(int(8, 17)).padStart(2, '0')}:${String(int(10, 59))}`, -int(4, 14)],
  () => [`verdict false positive on the same rule lowered its reliability`, -int(2, 11)],
];

const sparkOf = (peak) => Array.from({ length: 24 }, (_, i) => (rnd() < 0.35 ? 0 : Math.round(peak * rnd() * (i > 16 ? 1 : 0.4))));

function card(i, lane, priority) {
  const rs = [pick(rules.slice(0, 21)), pick(rules.slice(0, 21)), pick(rules.slice(0, 21))];
  const lead = rs[0];
  const h = pick(hosts),
    u = pick(users),
    ip = rnd() < 0.5 ? pick(bad) : inner();
  const entities = [
    { kind: 'host', value: h, seenIn: int(1, 9) },
    { kind: 'user', value: u, seenIn: int(1, 14) },
    { kind: 'ip', value: ip, seenIn: int(1, 5) },
  ];
  if (i % 23 === 5) entities[1] = { kind: 'user', value: hostile[int(0, hostile.length - 1)], seenIn: 1 };
  const [reason, delta] = pick(reasons)(entities[0]);
  const signals = int(1, 14);
  return {
    caseId: `case-${1100 + i}`,
    number: 1100 + i,
    title: i % 29 === 11 ? `${lead.title} ${hostile[0]}` : `${lead.title} on ${h}`,
    priority: Math.round(priority * 10) / 10,
    lane,
    domain: pick(domains),
    owner: lane === 'new' ? null : pick(owners),
    openedMs: start - int(10, 3000) * minute,
    lastMs: start - int(0, 200) * minute,
    alerts: int(signals, signals * 40),
    signals,
    spark: sparkOf(int(2, 30)),
    level: lead.level,
    entities: entities.slice(0, int(2, 3)),
    tactics: [...new Set(rs.slice(0, int(1, 3)).flatMap((r) => tacticOf(r.tags)))].slice(0, 4),
    reason,
    lastDelta: delta,
    runs:
      lane !== 'new' && rnd() < 0.5 ? [{ runId: `run-${i}`, state: pick(['running', 'waiting', 'succeeded', 'failed', 'inDoubt']) }] : [],
    relatedTo: rnd() < 0.15 ? [`case-${1100 + int(0, 30)}`] : [],
  };
}

export const cards = [];
cards.push({
  caseId: 'case-1042',
  number: 1042,
  title: 'SSH password guessing succeeded on web01',
  priority: 96.4,
  lane: 'new',
  domain: 'identity',
  owner: null,
  openedMs: start - 47 * minute,
  lastMs: start - 2 * minute,
  alerts: 10_000,
  signals: 6,
  spark: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1, 12, 380, 2410, 7195],
  level: 'critical',
  entities: [
    { kind: 'host', value: 'web01', seenIn: 4 },
    { kind: 'user', value: 'svc-deploy', seenIn: 3 },
    { kind: 'ip', value: '203.0.113.77', seenIn: 2 },
  ],
  tactics: ['credential-access', 'initial-access', 'persistence'],
  reason: 'same host now in 3 rules: new local user with administrative group',
  lastDelta: 18.2,
  runs: [],
  relatedTo: ['case-1103'],
});
let n = 0;
for (const lane of lanes) {
  const many = { new: 168, triage: 6, investigate: 9, contain: 3, recover: 2, validate: 4 }[lane];
  for (let k = 0; k < many; k++) cards.push(card(n++, lane, lane === 'new' ? 92 * (1 - k / many) ** 1.6 + 1 + rnd() * 2 : int(20, 90)));
}
const closedCards = Array.from({ length: 31 }, (_, k) => ({
  ...card(n + k + 60, 'closed', int(2, 80)),
  number: 900 + k,
  caseId: `case-${900 + k}`,
}));
cards.push(...closedCards);

export const controls = [
  ['auth.mfa', 'Multi-factor sign-in', 'A second factor is asked for at every remote sign-in.'],
  ['auth.lockout', 'Lockout after failed logins', 'An account or address is slowed or barred after failed tries.'],
  ['auth.least-privilege', 'Least privilege', 'Accounts hold only the rights their work needs.'],
  ['net.segmentation', 'Segmentation', 'Zones are parted; only listed flows pass.'],
  ['net.exposure', 'No needless exposure', 'A service that need not be reachable is not.'],
  ['host.patching', 'Patching in time', 'Known exploited flaws are mended within the tier.'],
  ['host.hardening', 'Hardened configuration', 'Hosts follow the baseline.'],
  ['host.edr', 'Endpoint protection', 'Protection runs and is in blocking mode.'],
  ['log.coverage', 'Log coverage', 'The needed log is sent, complete and in time.'],
  ['mail.filter', 'Mail filtering', 'Bad mail is held.'],
  ['people.awareness', 'Awareness', 'People know and report.'],
  ['backup.restore', 'Restorable backup', 'Backups exist, are apart, and were restored in a test.'],
].map(([id, name, meaning]) => ({ id, name, meaning }));

const ln = Math.log;
export const facts = new Map();
let seq = 0;
export const fact = (type, body, cause, actor = 'andon:triage', atMs = now()) => {
  seq += 1;
  const f = { seq, atMs, actor, cause, type, body };
  facts.set(seq, f);
  return f;
};
for (let i = 0; i < 340; i++)
  fact(
    'priority.shifted',
    { caseId: pick(cards).caseId, from: int(1, 50), to: int(1, 90), reason: 'new signal' },
    `fact:${Math.max(1, i - 3)}`,
    'andon:triage',
    start - (400 - i) * minute,
  );

const details = new Map();
export function detailOf(c) {
  if (details.has(c.caseId)) return details.get(c.caseId);
  const t0 = c.openedMs;
  const main = c.caseId === 'case-1042';
  const set = main
    ? [rules[1], rules[0], rules[2], rules[10], rules[19], rules[7]]
    : Array.from({ length: Math.min(c.signals, 12) }, () => pick(rules.slice(0, 21)));
  const weights = set.map(
    (r) => ({ informational: 0.08, low: 0.2, medium: 0.45, high: 0.9, critical: 1.5 })[r.level] * (0.6 + rnd() * 0.6),
  );
  const k = Math.min(2, 1 + 0.25 * Math.max(0, c.tactics.length - 1)) + 0.25,
    i = main ? 1.5 : pick([0.5, 1, 1, 1.5]),
    x = main ? 2 : pick([1, 1, 1.5, 0.8]);
  const odds = c.priority / (100 - Math.min(99.9, c.priority));
  const l = Math.log(1 + odds / (k * i * x));
  const sum = weights.reduce((a, b) => a + b, 0);
  const step = (c.lastMs - t0) / set.length;
  const signals = set.map((r, s) => {
    const e = c.entities[s % c.entities.length];
    const f = fact(
      'signal.joined',
      { caseId: c.caseId, signalId: `sig-${c.number}-${s}`, reason: s === 0 ? null : { via: `host:${c.entities[0].value}`, score: 0.74 } },
      s === 0 ? `hit:${812 + s}.0/${r.ruleId}` : `fact:${seq}`,
      'andon:triage',
      t0 + s * step,
    );
    return {
      signalId: `sig-${c.number}-${s}`,
      ruleId: r.ruleId,
      title: r.title,
      level: r.level,
      entity: `host:${c.entities[0].value}`,
      entities: c.entities.map(({ kind, value }) => ({ kind, value })),
      count: main && s === 0 ? 9_988 : int(1, 40),
      firstMs: Math.round(t0 + s * step),
      lastMs: Math.round(t0 + s * step + int(0, 20) * minute),
      lambda: (weights[s] / sum) * l,
      share: weights[s] / sum,
      join:
        s === 0
          ? null
          : {
              via: `${e.kind}:${e.value}`,
              with: `sig-${c.number}-${int(0, s - 1)}`,
              gapMs: int(1, 50) * minute,
              score: Math.round((0.4 + rnd() * 0.55) * 100) / 100,
              text: `joined because same ${e.kind} ${e.value} as “${set[0].title}”, ${int(1, 50)} min later, link 0.${int(41, 96)}`,
            },
      factSeq: f.seq,
    };
  });
  const history = [];
  let from = 0;
  const stops = main ? [8.1, 22.4, 58.3, 71.9, 78.2, 96.4] : signals.map((_, s) => (c.priority * (s + 1)) / signals.length);
  stops.forEach((to, s) => {
    const f = fact(
      'priority.shifted',
      { caseId: c.caseId, from, to, reason: signals[Math.min(s, signals.length - 1)].title, why: { l, k, i, x } },
      `fact:${seq}`,
      'andon:triage',
      t0 + s * step,
    );
    history.push({
      atMs: Math.round(t0 + s * step),
      from,
      to,
      reason:
        main && s === 4 ? 'window CVE-2026-3094 opened on web01, in KEV' : `new signal: ${signals[Math.min(s, signals.length - 1)].title}`,
      factSeq: f.seq,
    });
    from = to;
  });
  const timeline = [
    ...signals.map((s) => ({ atMs: s.firstMs, lane: 'attack', kind: 'signal', text: s.title, factSeq: s.factSeq })),
    ...(main
      ? [{ atMs: t0 - 6 * minute, lane: 'attack', kind: 'event', text: 'first failed login from 203.0.113.77', eventId: '81200.0' }]
      : []),
    ...history.slice(-3).map((h) => ({
      atMs: h.atMs,
      lane: 'response',
      kind: 'priority',
      text: `Priority ${h.from.toFixed(0)} → ${h.to.toFixed(0)}: ${h.reason}`,
      factSeq: h.factSeq,
    })),
    ...(c.owner
      ? [{ atMs: t0 + step * 2, lane: 'response', kind: 'pulled', text: `Pulled by ${c.owner}`, factSeq: history[0].factSeq }]
      : []),
  ].sort((a, b) => a.atMs - b.atMs);
  const d = {
    why: {
      l,
      k,
      i,
      x,
      lnOdds: l + ln(1 - Math.exp(-l)) + ln(k) + ln(i) + ln(x),
      shares: signals.map((s) => ({ signalId: s.signalId, title: s.title, lambda: s.lambda, share: s.share })),
      wouldChange: [
        'A verdict “false positive” on the strongest signal: −31',
        'The window CVE-2026-3094 on web01 closing: −9',
        'One more high signal on the same host: +2',
        'Twelve hours without evidence: −14',
      ],
    },
    history,
    signals,
    notes: main ? [] : [{ atMs: t0 + step, actor: 'user:tomas', text: 'Asked the owner of the host. The change was not announced.' }],
    timeline,
    closed: null,
    runs: [],
  };
  if (c.lane === 'closed')
    d.closed = {
      verdict: pick(['truePositive', 'falsePositive', 'benignPositive']),
      controlsFailed: ['auth.lockout'],
      earliestMissedStage: 'credential-access',
      discovery: 'internal.detection',
      reason: 'Password guessed; lockout was off on this host.',
      effortMinutes: int(10, 180),
      atMs: c.lastMs,
      actor: 'user:anna',
    };
  details.set(c.caseId, d);
  return d;
}

export function alertsOf(c, skip, take) {
  const d = detailOf(c);
  const total = c.alerts;
  const out = [];
  for (let i = skip; i < Math.min(total, skip + take); i++) {
    const s = i < d.signals.length * 2 && i % 2 === 0 ? d.signals[(i / 2) | 0] : d.signals[0];
    const r = rules.find((x) => x.ruleId === s.ruleId);
    const weird = i % 37 === 9;
    out.push({
      eventId: `${81_200 + i}.0`,
      timeMs: Math.round(c.lastMs - (i * (c.lastMs - c.openedMs)) / Math.max(1, total)),
      ruleId: r.ruleId,
      title: r.title,
      level: r.level,
      author: r.author,
      sourceId: `syslog-tcp:${c.entities[0].value}:system.auth`,
      fields: {
        'source.ip': c.entities[2]?.value ?? '203.0.113.77',
        'user.name': weird ? hostile[i % hostile.length] : pick(['root', 'admin', 'svc-deploy', 'oracle', 'test']),
        'event.outcome': i === 0 ? 'success' : 'failure',
      },
      entities: c.entities.map((e) => `${e.kind}:${e.value}`),
      contributing: r === rules[0] ? Array.from({ length: 12 }, (_, j) => `${81_190 + j}.0`) : [],
    });
  }
  return { total, alerts: out };
}

export function eventOf(id) {
  const pos = Number(id.split('.')[0]);
  const weird = pos % 37 === 3;
  const user = weird ? hostile[pos % hostile.length] : ['root', 'admin', 'svc-deploy', 'oracle', 'test'][pos % 5];
  const at = start - (pos % 4000) * 1000;
  const raw = `<86>Nov 22 04:${String(pos % 60).padStart(2, '0')}:11 web01 sshd[${2000 + (pos % 900)}]: Failed password for invalid user ${user} from 203.0.113.77 port ${40_000 + (pos % 9000)} ssh2`;
  return {
    eventId: id,
    timeMs: at,
    receivedMs: at + 240,
    sourceId: 'syslog-tcp:web01:system.auth',
    raw,
    rawIsUtf8: pos % 53 !== 0,
    fields: {
      'event.dataset': ['system.auth'],
      'event.action': ['ssh_login'],
      'event.outcome': ['failure'],
      'event.category': ['authentication'],
      'event.module': ['system'],
      'host.name': ['web01'],
      'user.name': [user],
      'source.ip': ['203.0.113.77'],
      'source.port': [String(40_000 + (pos % 9000))],
      'process.name': ['sshd'],
      'process.pid': [String(2000 + (pos % 900))],
      'log.syslog.facility.code': ['10'],
      'log.syslog.severity.code': ['6'],
      'related.ip': ['203.0.113.77'],
      'related.user': [user],
      'andon.parser': ['sshd/1'],
      ...(weird ? { 'andon.findings': ['NRM014 A control character stands in the user name.'] } : {}),
    },
  };
}

const sourceSeeds = [
  ['syslog-tcp:web01:system.auth', 'web01 sign-in', 'Web team', 'Digital', 190],
  ['syslog-tcp:web01:nginx.access', 'web01 access', 'Web team', 'Digital', 620],
  ['syslog-tcp:web02:nginx.access', 'web02 access', 'Web team', 'Digital', 540],
  ['bulk:dc01:windows.security', 'Domain controller 1', 'Identity', 'IT', 840],
  ['bulk:dc02:windows.security', '', '', '', 410],
  ['bulk:wks-anna:windows.sysmon', 'Workstations', 'Workplace', 'IT', 260],
  ['bulk:wks-jonas:windows.sysmon', 'Workstations', 'Workplace', 'IT', 230],
  ['syslog-udp:vpn-gw:syslog.generic', 'VPN gateway', 'Network', 'IT', 95],
  ['syslog-udp:print02:kv.generic', '', '', '', 4],
  ['file:var-log-erp:json.generic', 'ERP audit', 'Finance systems', 'Finance', 30],
  ['syslog-tcp:db01:system.auth', 'db01 sign-in', 'Data', 'IT', 12],
  ['syslog-tcp:backup01:syslog.generic', '', '', '', 0],
  ['bulk:file01:windows.security', 'File server', 'Workplace', 'IT', 330],
];
export const sources = sourceSeeds.map(([sourceId, name, owner, unit, rate], i) => {
  const [listener, host, dataset] = sourceId.split(':');
  const silent = rate === 0;
  return {
    sourceId,
    name,
    owner,
    unit,
    listener,
    host,
    dataset,
    firstMs: start - (30 - i) * day,
    lastMs: silent ? start - 7 * hour : start - int(1, 20) * 1000,
    events: rate ? rate * 60 * int(100, 700) : 88_120,
    bytes: (rate || 20) * 60 * int(30_000, 90_000),
    parseFailures: i === 8 ? 1204 : i === 2 ? 3 : 0,
    perMinute: Array.from({ length: 60 }, (_, m) => (silent ? 0 : Math.round(rate * (0.7 + rnd() * 0.6) * (i === 0 && m > 45 ? 4 : 1)))),
    findings:
      i === 8
        ? [
            { code: 'NRM002', count: 1204 },
            { code: 'NRM014', count: 12 },
          ]
        : silent
          ? [{ code: 'SRC007', count: 1 }]
          : [],
  };
});

export const schema = {
  tables: [
    {
      name: 'Events',
      columns: [
        ['timestamp', 'datetime', 'Time of the event.'],
        ['event_ingested', 'datetime', 'Time of arrival.'],
        ['andon_event_id', 'string', 'Record position and number.'],
        ['log.source.id', 'string', 'Key of the source in the catalogue.'],
        ['event.dataset', 'string', 'What kind of log.'],
        ['event.action', 'string', 'What was done.'],
        ['event.outcome', 'string', 'success, failure or unknown.'],
        ['event.code', 'string', 'The sender’s number for this kind of event.'],
        ['host.name', 'string', 'Host the event is about.'],
        ['user.name', 'string', 'User who acts.'],
        ['source.ip', 'string', 'Address of the sender.'],
        ['source.port', 'long', 'Its port.'],
        ['destination.ip', 'string', 'Address of the receiver.'],
        ['process.name', 'string', 'Name of the program.'],
        ['process.command_line', 'string', 'Its command line.'],
        ['message', 'string', 'The text for people.'],
        ['event.original', 'string', 'The record’s raw bytes.'],
      ].map(([name, type, meaning]) => ({ name, type, meaning })),
    },
    {
      name: 'Alerts',
      columns: [
        ['timestamp', 'datetime', 'Event time of the hit.'],
        ['rule_id', 'string', 'Sigma id.'],
        ['title', 'string', 'Rule title.'],
        ['level', 'string', 'Sigma level.'],
        ['entities', 'dynamic', 'What it is about.'],
      ].map(([name, type, meaning]) => ({ name, type, meaning })),
    },
  ],
  operators: ['where', 'project', 'extend', 'summarize', 'top', 'take', 'sort', 'count', 'distinct'],
  functions: ['ago', 'now', 'bin', 'count', 'dcount', 'countif', 'min', 'max', 'tolower', 'strcat'].map((name) => ({
    name,
    signature: `${name}()`,
    meaning: '',
    aggregate: false,
  })),
  relations: ['has', 'contains', '=='],
};

export function rowsOf(many) {
  const columns = [
    ['timestamp', 'datetime'],
    ['event.dataset', 'string'],
    ['host.name', 'string'],
    ['event.action', 'string'],
    ['event.outcome', 'string'],
    ['user.name', 'string'],
    ['source.ip', 'string'],
    ['source.port', 'long'],
    ['process.name', 'string'],
    ['message', 'string'],
    ['andon_event_id', 'string'],
  ].map(([name, type]) => ({ name, type }));
  const rows = [];
  const t = now();
  for (let i = 0; i < many; i++) {
    const ssh = rnd() < 0.6;
    const user = i % 41 === 7 ? hostile[i % hostile.length] : pick(users);
    const ip = rnd() < 0.3 ? pick(bad) : inner();
    const host = pick(hosts);
    const ok = rnd() < 0.55;
    rows.push([
      new Date(t - i * 37_13 - int(0, 900)).toISOString(),
      ssh ? 'system.auth' : 'windows.security',
      host,
      ssh ? 'ssh_login' : 'logged-in',
      ok ? 'success' : 'failure',
      user,
      ip,
      int(1024, 65_000),
      ssh ? 'sshd' : 'lsass.exe',
      ssh
        ? `${ok ? 'Accepted' : 'Failed'} password for ${user} from ${ip} port ${int(1024, 65_000)} ssh2`
        : `An account was successfully logged on. Subject: ${user} Logon Type: ${int(2, 10)}`,
      `${81_200 + i}.0`,
    ]);
  }
  return { columns, rows };
}

const stepsOf = (c, state) => [
  ['start', 'Start', 'start', 'pure', '', 'succeeded', ''],
  [
    'ask-owner',
    'Ask the owner whether they signed in',
    'manual',
    'once',
    `Call the owner of ${c.entities[1]?.value ?? 'the account'}. Did they sign in to ${c.entities[0].value} at ${new Date(c.openedMs).toISOString().slice(11, 16)} UTC?`,
    state === 'fresh' ? 'waiting' : 'succeeded',
    state === 'fresh' ? '' : 'No. The account is used by the deployment only.',
  ],
  [
    'check',
    'Was it expected?',
    'if-condition',
    'pure',
    "[ __expected__:value = 'yes' ]",
    state === 'fresh' ? 'pending' : 'succeeded',
    'false',
  ],
  [
    'block',
    `Block ${c.entities[2]?.value ?? 'address'} at the gateway`,
    'http-api',
    'keyed',
    `POST https://gateway.example/api/blocks\nIdempotency-Key: 3f1c…\nAuthorization: Bearer ••••••\n\n{"address":"${c.entities[2]?.value ?? ''}","hours":24}`,
    state === 'fresh' ? 'pending' : state === 'inDoubt' ? 'inDoubt' : state,
    state === 'succeeded' ? '201 Created\n{"id":"b-77","until":"2026-11-23T04:10:00Z"}' : '',
  ],
  ['end', 'End', 'end', 'pure', '', state === 'succeeded' ? 'succeeded' : 'pending', ''],
];
export function runOf(c, runId, state, playbook) {
  const t = c.openedMs + 9 * minute;
  return {
    runId,
    caseId: c.caseId,
    playbookId: playbook.playbookId,
    name: playbook.name,
    version: playbook.version,
    state: state === 'fresh' ? 'waiting' : state,
    startedMs: t,
    endedMs: state === 'succeeded' ? t + 4 * minute : null,
    steps: stepsOf(c, state).map(([stepId, name, kind, effect, rendered, st, output], i) => ({
      stepId,
      name,
      kind,
      effect,
      rendered,
      state: st,
      output,
      prompt: kind === 'manual' ? rendered : null,
      startedMs: st === 'pending' ? null : t + i * 41_000,
      endedMs: ['pending', 'waiting', 'inDoubt', 'running'].includes(st) ? null : t + i * 41_000 + 23_000,
      next: null,
      attempt: 1,
      outputs: kind === 'manual' ? ['__expected__'] : [],
    })),
    variables: [
      ['__account__', c.entities[1]?.value ?? ''],
      ['__address__', c.entities[2]?.value ?? ''],
      ['__expected__', state === 'fresh' ? null : 'no'],
    ].map(([name, value]) => ({ name, value, type: 'string', description: '' })),
  };
}
export const playbooks = [
  ['Guessed password: verify, block, reset', [rules[0].ruleId, rules[1].ruleId], 14],
  ['New administrator: confirm or remove', [rules[2].ruleId], 6],
  ['Scheduled task: collect and disable', [rules[3].ruleId], 2],
  ['Suspicious PowerShell: decode and scope', [rules[4].ruleId], 9],
  ['Web shell: isolate and collect', [rules[7].ruleId, rules[19].ruleId], 1],
  ['Lost device', [], 0],
].map(([name, ruleIds, runs], i) => ({
  playbookId: `playbook--${uuid()}`,
  version: `2026-0${i + 3}-11T08:00:00.000Z`,
  name,
  description: `What to do when: ${name.toLowerCase()}.`,
  ruleIds,
  runs,
  lastRunMs: runs ? start - int(1, 200) * hour : null,
  findings:
    i === 4
      ? [
          {
            code: 'CX14',
            message: 'The step “isolate” has no on_failure.',
            hint: 'Add one, or a workflow_exception.',
            place: '/workflow/action--isolate',
            level: 'warning',
          },
        ]
      : [],
}));

const series = (base, many, from, d) =>
  Array.from({ length: many }, (_, i) => ({
    ms: from + i * day,
    n: int(0, d),
    d,
    value: rnd() < 0.12 ? null : Math.max(0.3, base * (0.7 + rnd() * 0.6) * (i > many * 0.6 ? 0.7 : 1)),
  }));
export function metrics(fromMs, toMs) {
  const period = { fromMs, toMs };
  const many = Math.max(7, Math.round((toMs - fromMs) / day));
  const M = (key, title, unit, o) => ({
    key,
    title,
    unit,
    period,
    clock: 'event time, UTC',
    coverage: 'Sees cases opened by production rules. Does not see what no rule looks for, nor backup01 (silent for 7 h).',
    smallN: false,
    causes: [],
    ci: null,
    median: null,
    p90: null,
    delta: null,
    series: series(o.value ?? 4, many, fromMs, o.d ?? 10),
    ...o,
  });
  return [
    M('ttd', 'Time to detect', 'min', {
      n: 412,
      d: 31,
      value: 6.2,
      median: 6.2,
      p90: 48.5,
      ci: [4.1, 9.8],
      previous: { n: 671, d: 28, value: 11.4 },
      delta: -5.2,
      population: 'true positive cases, first evidence to first alert',
      causes: [
        { text: 'Rule “SSH password guessing succeeded” went to production', effect: -3.9, factSeq: 12 },
        { text: 'Source dc01 windows.security came in', effect: -0.9, factSeq: 33 },
        { text: 'Unattributed', effect: -0.4, factSeq: 0 },
      ],
    }),
    M('tte', 'Time to engage', 'min', {
      n: 512,
      d: 84,
      value: 14.8,
      median: 14.8,
      p90: 96,
      ci: [11.2, 19.5],
      previous: { n: 430, d: 71, value: 12.9 },
      delta: 1.9,
      population: 'all pulled cases, queued to first touch',
      causes: [
        { text: 'Directory scan of 19 November: 41,036 alerts in one case held two people for 3 h', effect: 2.6, factSeq: 45 },
        { text: 'Playbook “Guessed password” is started by itself', effect: -0.7, factSeq: 46 },
      ],
    }),
    M('ttc', 'Time to contain', 'min', {
      n: 4,
      d: 4,
      value: null,
      smallN: true,
      previous: { n: 9, d: 9, value: 131 },
      population: 'true positive cases, alert to contained',
    }),
    M('ttr', 'Time to respond', 'h', {
      n: 61,
      d: 19,
      value: 9.4,
      median: 9.4,
      p90: 41,
      ci: [6.6, 15.1],
      previous: { n: 70, d: 22, value: 9.6 },
      delta: -0.2,
      population: 'closed true positives, alert to verified',
      causes: [],
    }),
    M('precision', 'Verdict ratio', '%', {
      n: 31,
      d: 84,
      value: 36.9,
      ci: [27.3, 47.6],
      previous: { n: 28, d: 102, value: 27.5 },
      delta: 9.4,
      population: 'true positives of decided cases',
      causes: [{ text: 'Rule “Unusual parent of cmd.exe” went back to testing', effect: 7.1, factSeq: 51 }],
    }),
    M('reduction', 'Reduction', '%', {
      n: 1187,
      d: 473_104,
      value: 99.75,
      ci: [99.73, 99.76],
      previous: { n: 1031, d: 45_544, value: 97.74 },
      delta: 2.01,
      population: 'alerts that did not become a signal',
      causes: [{ text: 'One scan of 410,336 alerts is one signal', effect: 2.0, factSeq: 52 }],
    }),
    M('miss', 'Found by others', '%', {
      n: 3,
      d: 31,
      value: 9.7,
      ci: [3.3, 24.9],
      previous: { n: 5, d: 28, value: 17.9 },
      delta: -8.2,
      population: 'confirmed cases found by hunting, notice or audit',
      causes: [],
    }),
    M('automation', 'Steps done by playbooks', '%', {
      n: 118,
      d: 301,
      value: 39.2,
      ci: [33.8, 44.8],
      previous: { n: 70, d: 262, value: 26.7 },
      delta: 12.5,
      population: 'steps of closed cases',
      causes: [{ text: 'Playbook “Guessed password” version 3 blocks by itself', effect: 11.0, factSeq: 58 }],
    }),
  ];
}
export const gaps = controls.slice(0, 9).map((c, i) => {
  const score = Math.round(120 / (i + 1) + rnd() * 9),
    previousScore = Math.max(0, Math.round(score + (rnd() - 0.5) * 60));
  return {
    control: c.id,
    name: c.name,
    cases: Math.max(1, 9 - i),
    score,
    effortMinutes: score * 14,
    previousScore,
    delta: score - previousScore,
    caseIds: closedCards.slice(i, i + Math.max(1, 9 - i)).map((x) => x.caseId),
  };
});
export const assets = hosts.map((h, i) => ({
  assetId: `asset-${h}`,
  name: h,
  addresses: [`10.20.${i}.10`],
  zone: i < 3 ? 'dmz' : h === 'vpn-gw' ? 'internet' : 'lan',
  criticality: ['dc01', 'dc02', 'erp01', 'db01'].includes(h) ? 2 : i < 3 ? 1.5 : h.startsWith('wks') ? 0.5 : 1,
  owner: pick(['Web team', 'Identity', 'Workplace', 'Data']),
  unit: pick(['IT', 'Digital', 'Finance']),
  reachable: i < 3 || h === 'vpn-gw',
  crownJewel: ['dc01', 'erp01'].includes(h),
  vulnerabilities: int(0, 60),
  openWindows: i < 2 ? 2 - i : h === 'vpn-gw' ? 1 : 0,
}));
export const windows = [
  ['web01', 'CVE-2026-3094', 'openssl 3.0.11', true, 40],
  ['web01', 'CVE-2025-48384', 'git 2.39.2', true, 190],
  ['web02', 'CVE-2026-3094', 'openssl 3.0.11', true, 41],
  ['vpn-gw', 'CVE-2026-1102', 'strongswan 5.9.8', false, 700],
  ['mail01', 'CVE-2025-6965', 'sqlite 3.40.1', false, 2600, 400],
].map(([asset, cve, pkg, kev, min, closed], i) => ({
  windowId: `win-${i}`,
  assetId: `asset-${asset}`,
  assetName: asset,
  cve,
  package: pkg,
  kev,
  openedMs: start - min * minute,
  closedMs: closed ? start - closed * minute : null,
  exposedMinutes: closed ? min - closed : min,
  why: kev ? 'present, reachable from the internet, in the KEV list' : 'present, reachable from the internet, exploit public',
  unit: 'Digital',
  owner: 'Web team',
}));
