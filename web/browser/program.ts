// Starts `andon demo` as ./andon does, on ports and in folders of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const top = join(import.meta.dirname, '..', '..');
const program = join(top, 'src/Andon.Host/bin/Release/net10.0/andon.dll');
const engine = process.env.ANDON_ENGINE_LIBRARY ?? join(top, 'engine/node_modules/@chdb/lib-linux-x64-gnu/libchdb.so');
const built = process.env.ANDON_CONSOLE ?? join(top, 'src/Andon.Host/wwwroot');
export const chromiumPath = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** What is missing for a story in a browser, in words; nothing when all is there. */
export function missing(): string | undefined {
  if (!existsSync(chromiumPath)) return `no Chromium at ${chromiumPath} (Debian: apt-get install chromium)`;
  if (!existsSync(engine) && !process.env.ANDON_EVENTS_URL) return 'no engine library: ./andon demo fetches it';
  if (!existsSync(program)) return 'the program is not built: ./andon demo builds it';
  if (!existsSync(join(built, 'index.html'))) return 'the console is not built: npm run build';
  return undefined;
}

export interface Demo {
  console: string;
  name: string;
  password: string;
  syslogPort: number;
  /** All that it printed so far. */
  said: () => string;
  stop: () => Promise<void>;
}

async function freePorts(count: number): Promise<number[]> {
  const held = await Promise.all(
    Array.from({ length: count }, () => {
      const server = createServer();
      return new Promise<typeof server>((done) => server.listen(0, '127.0.0.1', () => done(server)));
    }),
  );
  const ports = held.map((s) => (s.address() as { port: number }).port);
  await Promise.all(held.map((s) => new Promise((done) => s.close(done))));
  return ports;
}

const surroundings = (): NodeJS.ProcessEnv => ({
  ...process.env,
  ANDON_CONSOLE: built,
  ANDON_ENGINE_LIBRARY: engine,
  DOTNET_NOLOGO: '1',
});

/** `andon serve` on an empty folder with that configuration: a house as people run it, without the demo's office. */
export async function startServe(config: object): Promise<Demo> {
  const [http, syslog] = (await freePorts(2)) as [number, number];
  const folder = mkdtempSync(join(tmpdir(), 'andon-serve-'));
  const file = join(folder, 'andon.json');
  writeFileSync(file, JSON.stringify(config));
  const password = 'browser-password-0001';
  const args = [
    'serve',
    '--data',
    join(folder, 'data'),
    '--config',
    file,
    '--http',
    `127.0.0.1:${http}`,
    '--syslog',
    `127.0.0.1:${syslog}`,
  ];
  const child = spawn('dotnet', [program, ...args], {
    env: { ...surroundings(), ANDON_ADMIN_PASSWORD: password },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let all = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      all += text;
    });
  const stop = async () => {
    await end(child);
    rmSync(folder, { recursive: true, force: true });
  };
  const address = `http://127.0.0.1:${http}`;
  try {
    await until(
      async () => (await fetch(`${address}/healthz`).catch(() => undefined))?.status === 200,
      120_000,
      () => {
        if (child.exitCode !== null) throw new Error(`andon serve ended with ${child.exitCode}:\n${all}`);
        return `andon serve is not ready:\n${all}`;
      },
    );
  } catch (why) {
    await stop();
    throw why;
  }
  return { console: address, name: 'admin', password, syslogPort: syslog, said: () => all, stop };
}

export async function startDemo(): Promise<Demo> {
  const [http, syslog] = (await freePorts(2)) as [number, number];
  const env = surroundings();
  // The demo makes a password and prints it; a set one would stay hidden from us.
  delete env.ANDON_ADMIN_PASSWORD;
  // A folder of ours: the demo removes its own only when it ends in good order, and it may be killed before.
  const folder = mkdtempSync(join(tmpdir(), 'andon-demo-'));
  const child = spawn('dotnet', [program, 'demo', '--data', join(folder, 'data'), '--http', String(http), '--syslog', String(syslog)], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let all = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
    all += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    all += text;
  });
  const stop = async () => {
    await end(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await until(
      () => /password\s+\S+/.test(out),
      120_000,
      () => {
        if (child.exitCode !== null) throw new Error(`andon demo ended with ${child.exitCode}:\n${all}`);
        return `andon demo did not say its password:\n${all}`;
      },
    );
  } catch (why) {
    await stop();
    throw why;
  }
  const read = (word: string) => new RegExp(`^\\s*${word}\\s+(\\S+)`, 'm').exec(out)?.[1] ?? '';
  return { console: read('console'), name: read('name'), password: read('password'), syslogPort: syslog, said: () => all, stop };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 20_000);
  await gone;
  clearTimeout(late);
}

/** Sends one line to the syslog listener over TCP, framed by its length (RFC 6587). */
export function sendSyslog(port: number, line: string): Promise<void> {
  return new Promise((done, fail) => {
    const socket = connect(port, '127.0.0.1', () => socket.end(`${Buffer.byteLength(line)} ${line}`));
    socket.on('error', fail).on('close', () => done());
    socket.resume();
  });
}

/** Sends one line to the syslog listener over UDP, which answers nothing. */
export function sendUdp(port: number, line: string): Promise<void> {
  return new Promise((done, fail) => {
    const socket = createSocket('udp4');
    socket.send(line, port, '127.0.0.1', (wrong) => {
      socket.close();
      if (wrong) fail(wrong);
      else done();
    });
  });
}

export async function until(met: () => boolean | Promise<boolean>, withinMs: number, otherwise: () => string): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await met())) {
    const why = otherwise();
    if (performance.now() > end) throw new Error(why);
    await new Promise((done) => setTimeout(done, 250));
  }
}
