import { describe, expect, it } from 'vitest';
import { doorsOf } from './doors';
import { middleCut } from './hostile';

const listener = (name: string, address: string, tls = false) => ({
  name,
  address,
  tls,
  received: 0,
  bytes: 0,
  refused: 0,
  lost: 0,
  oversized: 0,
  repeated: 0,
  connections: 0,
  state: '',
});
const here = { hostname: 'siem.example', origin: 'https://siem.example' };

describe('doors', () => {
  it('show where they really listen, and a line for the address that the reader came by', () => {
    const [tcp, forward] = doorsOf([listener('forward', '0.0.0.0:24225', true), listener('syslog-tcp', '0.0.0.0:5599')], here);
    expect(tcp?.at).toBe('0.0.0.0:5599');
    expect(tcp?.line).toContain('--server siem.example --port 5599');
    expect(tcp?.tls).toBe(false);
    expect(forward?.line).toContain('port=24225');
    expect(forward?.line).toContain('tls=on');
  });

  it('name the address they are bound to when it is a single one, and say when only this machine reaches it', () => {
    const [own] = doorsOf([listener('syslog-udp', '127.0.0.1:5514')], here);
    expect(own?.line).toContain('--server 127.0.0.1 --port 5514');
    expect(own?.here).toBe(true);
    const [six] = doorsOf([listener('syslog-udp', '[2001:db8::7]:5514')], here);
    expect(six?.line).toContain('--server [2001:db8::7] --port 5514');
  });

  it('share the console’s own address where they have none, and leave out what is no door', () => {
    const all = doorsOf([listener('upload', ''), listener('bulk', ''), listener('file', '/var/log/auth.log')], here);
    expect(all.map((d) => d.name)).toEqual(['bulk']);
    expect(all[0]?.line).toContain('https://siem.example/_bulk');
    expect(all[0]?.tls).toBe(true);
  });
});

it('a name cut in its middle keeps the end that tells it from its neighbours', () => {
  const cut = middleCut('site-prod-datacentre-north-web-frontend-0017', 20);
  expect(cut).toHaveLength(20);
  expect(cut).toMatch(/^site-prod.*….*0017$/);
  expect(middleCut('web01', 20)).toBe('web01');
});
