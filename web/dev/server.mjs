// Stands in for the program while working on the console: contract shapes, believable data, live facts.
// Not shipped. `node dev/server.mjs [port] [--strict]` also serves the built console with the strict content security policy.
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as D from './data.mjs';

const port = Number(process.argv[2] ?? 8430);
const root = fileURLToPath(new URL('../../src/Andon.Host/wwwroot', import.meta.url));
const csp =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const minute = 60_000;
const startedMs = Date.now() - 3 * 3600_000;
let session = process.env.SIGNED_OUT ? null : { name: 'anna', roles: ['response', 'operations', 'admin'] };
const F = (code, message, hint = '', place = '', level = 'error') => ({ code, message, hint, place, level });

const house = () => ({
  version: '0.1.0-dev',
  startedMs,
  nowMs: Date.now(),
  eventsPerSecond: 61 + Math.round(Math.sin(Date.now() / 9000) * 14) + Math.random() * 3,
  stages: [
    ['record-log', 0],
    ['event-store', 212],
    ['matcher', 9],
    ['triage', 0],
    ['alerts-table', 3],
    ['source-catalogue', 0],
  ].map(([name, lag]) => ({ name, position: 8_812_031, lag, state: 'running', note: '' })),
  engine: { state: 'ready', note: 'chDB 26.7.3, 1 worker, 412 MB' },
  findings: [
    {
      ...F(
        'SRC007',
        'backup01 has sent nothing for 7 h.',
        'Look at the sender, or state that it is retired.',
        'syslog-tcp:backup01:syslog.generic',
        'warning',
      ),
      stage: 'intake',
      count: 1,
      lastMs: Date.now() - 4 * minute,
    },
    {
      ...F('NRM002', 'A record has no readable header.', 'Set the format of this source.', 'syslog-udp:print02:kv.generic', 'note'),
      stage: 'intake',
      count: 1204,
      lastMs: Date.now() - 1 * minute,
    },
    {
      ...F(
        'REC003',
        'A torn record was cut off the end of the log at start.',
        'Nothing to do; it had not been acknowledged.',
        'records/000000041.seg',
        'note',
      ),
      stage: 'store',
      count: 1,
      lastMs: startedMs,
    },
  ],
});

const listeners = new Set();
const tell = (f) => {
  for (const res of listeners)
    res.write(
      `event: fact\ndata: ${JSON.stringify({ seq: f.seq, type: f.type, subject: f.body.caseId ?? f.body.runId ?? '', atMs: f.atMs })}\n\n`,
    );
};
setInterval(() => {
  for (const res of listeners) res.write(`event: pulse\ndata: ${JSON.stringify(house())}\n\n`);
}, 2000);
if (!process.env.STILL)
  setInterval(() => {
    const open = D.cards.filter((c) => c.lane !== 'closed' && c.caseId !== 'case-1042');
    const c = open[Math.floor(Math.random() * open.length)];
    const from = c.priority,
      to = Math.max(1, Math.min(88, from + (Math.random() - 0.5) * 16));
    c.priority = Math.round(to * 10) / 10;
    c.lastDelta = c.priority - from;
    c.reason = c.lastDelta > 0 ? 'new signal: Sudo to root by a service account' : 'no new evidence for 2 h';
    c.lastMs = Date.now();
    c.alerts += 1;
    tell(D.fact('priority.shifted', { caseId: c.caseId, from, to: c.priority, reason: c.reason }, 'fact:300'));
  }, 2500);

const board = () => {
  const order = ['new', 'triage', 'investigate', 'contain', 'recover', 'validate', 'closed'];
  return {
    lanes: order.map((lane) => ({
      lane,
      total: load(lane),
      limit: D.limits[lane],
      cards: D.cards.filter((c) => c.lane === lane).sort((a, b) => b.priority - a.priority),
    })),
    testing: { hits24h: 41_352 },
    closed24h: 9,
  };
};
const find = (id) => D.cards.find((c) => c.caseId === id);
const load = (lane) => D.cards.filter((c) => c.lane === lane).length;
const runs = new Map();
const runsOf = (c) => {
  for (const r of c.runs ?? []) if (!runs.has(r.runId)) runs.set(r.runId, D.runOf(c, r.runId, r.state, D.playbooks[0]));
  return [...runs.values()].filter((r) => r.caseId === c.caseId);
};

function move(c, to, why, override) {
  if (c.lane === 'closed') return [409, F('CASE201', 'A closed case does not move.', 'Reopen it, giving a reason.')];
  if (to === 'closed') return [409, F('CASE203', 'A case leaves the board by closing it.', 'Use Close: it asks for verdict and controls.')];
  if (!override && D.limits[to] && load(to) >= D.limits[to])
    return [
      409,
      F('CASE202', `The lane ${to} is full: ${load(to)} of ${D.limits[to]}.`, 'Finish one first, or override with a reason.', '/override'),
    ];
  if (['contain', 'recover', 'validate'].includes(to) && !why)
    return [400, F('CASE204', 'This move needs a reason.', 'Say what you know by now.', '/why')];
  const from = c.lane;
  c.lane = to;
  c.owner ??= session.name;
  const f = D.fact('card.moved', { caseId: c.caseId, from, to, why }, why || 'by hand', `user:${session.name}`);
  D.detailOf(c).timeline.push({
    atMs: f.atMs,
    lane: 'response',
    kind: 'moved',
    text: `${from} → ${to}${why ? `: ${why}` : ''}`,
    factSeq: f.seq,
  });
  tell(f);
  return [200, c];
}
function pull(c, why) {
  if (load('triage') >= D.limits.triage + 2)
    return [409, F('CASE206', 'You already hold 6 cards; your limit is 6.', 'Finish or hand over one first.')];
  c.lane = 'triage';
  c.owner = session.name;
  const f = D.fact(
    'card.pulled',
    { caseId: c.caseId, owner: session.name, outOfOrder: why ?? null },
    why ?? 'best card',
    `user:${session.name}`,
  );
  D.detailOf(c).timeline.push({ atMs: f.atMs, lane: 'response', kind: 'pulled', text: `Pulled by ${session.name}`, factSeq: f.seq });
  tell(f);
  return [200, c];
}

async function answer(method, path, query, body, raw) {
  const seg = path.split('/').slice(2).map(decodeURIComponent);
  const key = `${method} ${seg[0] ?? ''}`;
  if (path === '/api/session') {
    if (method === 'GET') return session ? [200, session] : [401, F('HST001', 'Nobody is signed in.')];
    if (method === 'DELETE') {
      session = null;
      return [204];
    }
    if (body.password === 'andon') {
      session = { name: body.name, roles: ['response', 'operations', 'admin'] };
      return [200, session];
    }
    return body.password === 'locked'
      ? [429, F('HST003', 'Too many failed tries from here.', 'Wait 60 seconds.')]
      : [401, F('HST002', 'Name or password is wrong.', 'The first password stands in the output of ./andon demo.')];
  }
  if (!session) return [401, F('HST001', 'Nobody is signed in.')];
  switch (key) {
    case 'GET house':
      return [200, house()];
    case 'GET facts':
      if (seg[1]) {
        const f = D.facts.get(Number(seg[1]));
        return f ? [200, f] : [404, F('HST010', 'There is no such fact.')];
      }
      return [
        200,
        [...D.facts.values()]
          .filter((f) => JSON.stringify(f.body).includes(`"${query.get('subject')}"`))
          .reverse()
          .slice(0, 200),
      ];
    case 'GET sources':
      if (seg[1] === 'one') {
        const s = D.sources.find((x) => x.sourceId === query.get('id'));
        return s
          ? [
              200,
              {
                ...s,
                samples: Array.from({ length: 8 }, (_, i) => ({
                  ...D.eventOf(`${81_203 + i * 37}.0`),
                  findings: i === 2 ? ['NRM014 A control character stands in the user name.'] : [],
                })),
              },
            ]
          : [404, F('INT404', 'There is no such source.')];
      }
      return [200, { sources: D.sources }];
    case 'POST sources':
      Object.assign(
        D.sources.find((x) => x.sourceId === body.sourceId),
        body,
      );
      return [200, {}];
    case 'GET rules':
      if (seg[1] === 'one') {
        const r = D.rules.find((x) => x.ruleId === query.get('id'));
        if (!r) return [404, F('SIG404', 'There is no such rule.')];
        return [
          200,
          {
            ...r,
            yaml: D.yamlOf(r),
            description: `Finds ${r.title}.`,
            references: ['https://attack.mitre.org/techniques/T1110/', 'javascript:alert(1)'],
            falsePositives: ['A user who forgot the password after the holidays'],
            license: 'Apache-2.0',
            hitsPerDay: Array.from({ length: 30 }, (_, i) => ({
              dayMs: Date.now() - (29 - i) * 86_400_000,
              count: Math.round(Math.abs(Math.sin(i * 1.7)) * (r.hits24h + 4)),
            })),
          },
        ];
      }
      return [
        200,
        {
          rules: D.rules.filter(
            (r) =>
              (!query.get('queue') || r.queue === query.get('queue')) &&
              r.title.toLowerCase().includes((query.get('q') ?? '').toLowerCase()),
          ),
          refused: D.refused,
          setHash: '9f31c0aa41d2',
        },
      ];
    case 'POST rules':
      if (seg[1] === 'check')
        return [
          200,
          { findings: raw.includes('condition') ? [] : [F('SIG010', 'The rule has no condition.', 'Add detection.condition.', 'line 12')] },
        ];
      if (seg[1] === 'import') return [200, { loaded: 12, refused: 1, findings: [D.refused[0]] }];
      {
        const r = D.rules.find((x) => x.ruleId === body.ruleId);
        if (!body.why) return [400, F('SIG300', 'A reason is needed.', 'Say why, in a few words.', '/why')];
        if (seg[1] === 'queue') r.queue = body.queue;
        else r.enabled = body.enabled;
        return [200, r];
      }
    case 'POST search': {
      if (seg[1] === 'box') {
        const words = body.text.match(/-?(?:[\w.@]+:)?(?:"[^"]*"|\S+)/g) ?? [];
        const kql = [
          'Events',
          ...words.map((w) => {
            const not = w.startsWith('-');
            const m = /^-?([\w.@]+):(.*)$/.exec(w);
            const v = (m ? m[2] : w.replace(/^-/, '')).replace(/^"|"$/g, '');
            return `| where ${not ? 'not(' : ''}${m ? `['${m[1]}'] =~ "${v}"` : `* has "${v}"`}${not ? ')' : ''}`;
          }),
        ].join('\n');
        return [200, { kql, findings: [] }];
      }
      if (/\bhaas\b/.test(body.kql)) {
        const at = body.kql.split('\n').findIndex((l) => l.includes('haas'));
        return [
          400,
          {
            findings: [
              F(
                'KQL011',
                '`haas` is no operator.',
                'Did you mean `has`?',
                `${at + 1}:${body.kql.split('\n')[at].indexOf('haas') + 1}-${body.kql.split('\n')[at].indexOf('haas') + 5}`,
              ),
            ],
          },
        ];
      }
      if (seg[1] === 'histogram') {
        const bucketMs = Math.ceil((body.toMs - body.fromMs) / body.buckets);
        return [
          200,
          {
            bucketMs,
            counts: Array.from({ length: body.buckets }, (_, i) => ({
              ms: body.fromMs + i * bucketMs,
              count: Math.round(120 + 80 * Math.sin(i / 6) + ((i > body.buckets * 0.8 ? 400 : 0) * ((i * 7919) % 10)) / 10),
            })),
          },
        ];
      }
      if (/summarize/.test(body.kql))
        return [
          200,
          {
            kql: body.kql,
            columns: [
              { name: 'host.name', type: 'string' },
              { name: 'event.outcome', type: 'string' },
              { name: 'count_', type: 'long' },
            ],
            rows: ['web01', 'web02', 'dc01', 'file01', 'vpn-gw'].flatMap((h, i) => [
              [h, 'success', 900 - i * 120],
              [h, 'failure', (9988 / (i + 1)) | 0],
            ]),
            stats: { rows: 10, scannedRows: 8_812_031, scannedBytes: 214_000_000, elapsedMs: 38, state: 'complete' },
            findings: [],
          },
        ];
      const many = Math.min(body.limit ?? 1000, /take 100000/.test(body.kql) ? 100_000 : 1000);
      const { columns, rows } = D.rowsOf(many);
      return [
        200,
        {
          kql: body.kql,
          columns,
          rows,
          stats: {
            rows: rows.length,
            scannedRows: 8_812_031,
            scannedBytes: 1_214_000_000,
            elapsedMs: 212,
            state: many >= 1000 ? 'limited' : 'complete',
          },
          findings: [F('KQL090', 'The answer stops at the limit.', 'Narrow the time or add a filter.', '', 'note')],
        },
      ];
    }
    case 'GET search':
      return [200, D.schema];
    case 'GET events':
      return seg[1] ? [200, D.eventOf(seg[1])] : [200, query.get('ids').split(',').map(D.eventOf)];
    case 'GET board':
      return [200, board()];
    case 'POST board': {
      const best = board().lanes[0].cards[0];
      return best ? pull(best) : [409, F('CASE205', 'The queue is empty.', 'Nothing to do.')];
    }
    case 'GET cases': {
      if (!seg[1]) {
        const q = (query.get('q') ?? '').toLowerCase();
        const state = query.get('state');
        return [
          200,
          {
            cases: D.cards.filter(
              (c) => (!state || (state === 'closed') === (c.lane === 'closed')) && `${c.number} ${c.title}`.toLowerCase().includes(q),
            ),
          },
        ];
      }
      const c = find(seg[1]);
      if (!c) return [404, F('CASE404', 'There is no such case.', 'It may have been merged; look for its number on the board.')];
      if (seg[2] === 'alerts') return [200, D.alertsOf(c, Number(query.get('skip')), Number(query.get('take')))];
      if (seg[2] === 'playbooks') return [200, D.playbooks.slice(0, c.caseId === 'case-1042' ? 2 : 1)];
      if (seg[2] === 'runs') return [200, runsOf(c)];
      const { runs: _, ...d } = D.detailOf(c);
      return [200, { card: c, ...d, controls: D.controls.map(({ id, name }) => ({ id, name })) }];
    }
    case 'POST cases': {
      if (!seg[1]) return [400, F('CASE230', 'A case needs a title.', 'Say in one line what it is about.', '/title')];
      const c = find(seg[1]);
      if (seg[2] === 'pull') {
        const best = board().lanes[0].cards[0];
        return best !== c && !body.why
          ? [400, F('CASE207', 'This is not the best card.', `Give a reason, or take #${best.number}.`, '/why')]
          : pull(c, body.why);
      }
      if (seg[2] === 'lane') return move(c, body.to, body.why, body.override);
      if (seg[2] === 'notes') {
        D.detailOf(c).notes.push({ atMs: Date.now(), actor: `user:${session.name}`, text: body.text });
        return [200, {}];
      }
      if (seg[2] === 'close') {
        const findings = [];
        if (!body.reason) findings.push(F('CASE211', 'A case closes with a reason.', 'One sentence is enough.', '/reason'));
        if (body.verdict === 'truePositive' && !body.controlsFailed.length)
          findings.push(
            F(
              'CASE212',
              'A true positive names at least one control that failed.',
              'Pick from the catalogue; “Log coverage” counts too.',
              '/controlsFailed',
            ),
          );
        if (body.verdict === 'truePositive' && !body.earliestMissedStage)
          findings.push(F('CASE213', 'A true positive names the earliest missed stage.', '', '/earliestMissedStage'));
        if (findings.length) return [400, { findings }];
        c.lane = 'closed';
        D.detailOf(c).closed = { ...body, atMs: Date.now(), actor: `user:${session.name}` };
        tell(D.fact('case.closed', { caseId: c.caseId, ...body }, body.reason, `user:${session.name}`));
        return [200, {}];
      }
      if (seg[2] === 'reopen') {
        c.lane = 'triage';
        D.detailOf(c).closed = null;
        return [200, {}];
      }
      if (seg[2] === 'runs') {
        const p = D.playbooks.find((x) => x.playbookId === body.playbookId);
        const r = D.runOf(c, `run-${Date.now()}`, 'fresh', p);
        r.startedMs = Date.now();
        r.steps[0].startedMs = Date.now();
        r.steps[0].endedMs = Date.now() + 3;
        r.steps[1].startedMs = Date.now();
        runs.set(r.runId, r);
        c.runs = [{ runId: r.runId, state: r.state }];
        tell(D.fact('run.started', { runId: r.runId, caseId: c.caseId }, 'by hand', `user:${session.name}`));
        return [200, r];
      }
      return [404, F('HTTP404', 'no such thing')];
    }
    case 'GET runs':
      return runs.has(seg[1]) ? [200, runs.get(seg[1])] : [404, F('CX404', 'no such run')];
    case 'POST runs': {
      const r = runs.get(seg[1]);
      const c = find(r.caseId);
      if (seg[2] === 'cancel') {
        r.state = 'cancelled';
        r.endedMs = Date.now();
        return [200, r];
      }
      const st = r.steps.find((s) => s.stepId === seg[3]);
      if (seg[4] === 'doubt') {
        st.state = body.choice === 'skip' ? 'skipped' : 'succeeded';
      } else {
        st.state = body.outcome;
        st.output = body.text;
      }
      st.endedMs = Date.now();
      if (body.outcome === 'failed') {
        r.state = 'failed';
        r.endedMs = Date.now();
      } else {
        for (const s of r.steps)
          if (s.state === 'pending') {
            s.state = 'succeeded';
            s.startedMs = Date.now();
            s.endedMs = Date.now() + 300;
            if (s.stepId === 'block') s.output = '201 Created\n{"id":"b-77"}';
          }
        r.state = 'succeeded';
        r.endedMs = Date.now();
      }
      c.runs = [{ runId: r.runId, state: r.state }];
      tell(D.fact('step.ended', { runId: r.runId, stepId: seg[3], outcome: st.state }, body.text ?? '', `user:${session.name}`));
      return [200, r];
    }
    case 'GET playbooks':
      if (seg[1]) {
        const p = D.playbooks.find((x) => x.playbookId === query.get('id'));
        return [
          200,
          {
            playbook: p,
            hash: '4be1902c77aa',
            start: 'start',
            variables: [],
            json: '{}',
            yaml: `name: ${p.name}\nrules: [${p.ruleIds.join(', ')}]\n`,
            steps: D.runOf(D.cards[0], 'x', 'fresh', p).steps.map((s) => ({
              stepId: s.stepId,
              name: s.name,
              kind: s.kind,
              effect: s.effect,
              description: '',
              text: s.rendered,
              onCompletion: s.kind === 'end' ? null : 'end',
            })),
          },
        ];
      }
      return [
        200,
        {
          playbooks: D.playbooks,
          refused: [],
          coverage: {
            rulesWithout: D.rules.slice(8, 20).map((r) => ({ ruleId: r.ruleId, title: r.title })),
            playbooksWithoutRule: [D.playbooks[5].playbookId],
          },
        },
      ];
    case 'GET exposure':
      return seg[1] === 'windows' ? [200, { windows: D.windows }] : [200, { assets: D.assets }];
    case 'POST exposure':
      return [200, { accepted: 16, findings: [F('EXP004', 'Row 7 has no owner.', 'Fill the column owner.', 'line 7', 'warning')] }];
    case 'GET measures':
      return [200, { metrics: D.metrics(Number(query.get('fromMs')), Number(query.get('toMs'))) }];
    case 'GET gaps':
      return [200, { gaps: D.gaps }];
    case 'GET controls':
      return [200, { controls: D.controls }];
    default:
      return [404, F('HTTP404', 'There is nothing at this address.')];
  }
}

const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.ttf': 'font/ttf',
  '.json': 'application/json',
};
createServer(async (req, res) => {
  const url = new URL(req.url, 'http://x');
  if (url.pathname === '/api/live') {
    if (!session) {
      res.writeHead(401).end();
      return;
    }
    res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    res.write(`event: pulse\ndata: ${JSON.stringify(house())}\n\n`);
    listeners.add(res);
    req.on('close', () => listeners.delete(res));
    return;
  }
  if (url.pathname.startsWith('/api/')) {
    const chunks = [];
    for await (const c of req) chunks.push(c);
    const raw = Buffer.concat(chunks).toString('utf8');
    let body = {};
    if (req.headers['content-type']?.includes('json') && raw) {
      try {
        body = JSON.parse(raw);
      } catch {
        body = {};
      }
    }
    if (req.method !== 'GET' && req.headers['x-andon'] !== '1') {
      res.writeHead(403).end();
      return;
    }
    try {
      const [status, out] = await answer(req.method, url.pathname, url.searchParams, body, raw);
      res.writeHead(status, { 'Content-Type': 'application/json' });
      res.end(out === undefined ? '' : JSON.stringify(out));
    } catch (why) {
      console.error(why);
      res.writeHead(500, { 'Content-Type': 'application/json' });
      res.end(JSON.stringify(F('HTTP500', String(why))));
    }
    return;
  }
  let file = join(root, normalize(url.pathname));
  if (!existsSync(file) || statSync(file).isDirectory()) file = join(root, 'index.html');
  res.writeHead(200, {
    'Content-Type': types[extname(file)] ?? 'application/octet-stream',
    'Content-Security-Policy': csp,
    'X-Content-Type-Options': 'nosniff',
  });
  createReadStream(file).pipe(res);
}).listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}`));
