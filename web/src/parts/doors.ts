import type { House } from '@/wire/types';

type Listener = House['listeners'][number];

export interface Door {
  name: string;
  /** What senders call it. */
  word: string;
  /** Where it listens; of this console's own address for those that share it. */
  at: string;
  tls: boolean;
  /** Bound to this machine alone: nobody else can reach it. */
  here: boolean;
  received: number;
  trouble: string;
  line: string;
}

const loopback = (host: string) => host === '::1' || /^127\./.test(host);
const anywhere = (host: string) => host === '0.0.0.0' || host === '::';

function split(address: string): { host: string; port: string } {
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, colon).replace(/^\[|\]$/g, ''), port: address.slice(colon + 1) };
}

const words: Record<string, string> = {
  'syslog-udp': 'syslog, UDP',
  'syslog-tcp': 'syslog, TCP',
  'syslog-tls': 'syslog, TLS',
  'syslog-relp': 'syslog, RELP',
  'gelf-udp': 'GELF, UDP',
  'gelf-tcp': 'GELF, TCP',
  forward: 'Fluent forward',
  lumberjack: 'Beats, Logstash',
  bulk: 'Elasticsearch bulk',
  hec: 'Splunk HEC',
  otlp: 'OpenTelemetry logs',
  loki: 'Loki push',
  seq: 'Seq (Serilog, NLog)',
  'gelf-http': 'GELF, HTTP',
  journal: 'systemd journal',
};

/** One line that sends something through a door, for the address that the reader came by. */
function line(name: string, host: string, port: string, tls: boolean, origin: string): string {
  const bare = origin.replace(/^\w+:\/\//, '');
  const scheme = origin.startsWith('https') ? 'https' : 'http';
  switch (name) {
    case 'syslog-udp':
      return `logger --server ${host} --port ${port} --udp hello`;
    case 'syslog-tcp':
      return tls
        ? `*.* action(type="omfwd" target="${host}" port="${port}" protocol="tcp" TCP_Framing="octet-counted" template="RSYSLOG_SyslogProtocol23Format" StreamDriver="gtls" StreamDriverMode="1" StreamDriverAuthMode="x509/name")`
        : `logger --server ${host} --port ${port} --tcp --octet-count hello`;
    case 'syslog-tls':
      return `*.* action(type="omfwd" target="${host}" port="${port}" protocol="tcp" TCP_Framing="octet-counted" template="RSYSLOG_SyslogProtocol23Format" StreamDriver="gtls" StreamDriverMode="1" StreamDriverAuthMode="x509/name")`;
    case 'syslog-relp':
      return `*.* action(type="omrelp" target="${host}" port="${port}"${tls ? ' tls="on"' : ''} template="RSYSLOG_SyslogProtocol23Format" action.resumeRetryCount="-1")`;
    case 'gelf-udp':
    case 'gelf-tcp':
      return `docker run --log-driver gelf --log-opt gelf-address=${name.slice(5)}://${host}:${port} …`;
    case 'forward':
      return `fluent-bit -i tail -p path=/var/log/syslog -o forward -p host=${host} -p port=${port} -p require_ack_response=true${tls ? ' -p tls=on' : ''}`;
    case 'lumberjack':
      return `output.logstash: { hosts: ["${host}:${port}"]${tls ? ', ssl.certificate_authorities: ["ca.pem"]' : ''} }`;
    case 'hec':
      return `curl -H 'Authorization: Splunk TOKEN' -d '{"event":"hello"}' ${origin}/services/collector/event`;
    case 'otlp':
      return `OTEL_EXPORTER_OTLP_LOGS_ENDPOINT=${origin}/v1/logs OTEL_EXPORTER_OTLP_HEADERS='Authorization=Bearer TOKEN'`;
    case 'loki':
      return `${origin}/loki/api/v1/push (header Authorization: Bearer TOKEN)`;
    case 'seq':
      return `${origin} (API key: TOKEN)`;
    case 'gelf-http':
      return `curl -H 'Authorization: Bearer TOKEN' -d '{"version":"1.1","host":"me","short_message":"hello"}' ${origin}/gelf`;
    case 'journal':
      return `systemd-journal-upload --url=${scheme}://andon:TOKEN@${bare}`;
    default:
      return `curl -H 'Authorization: ApiKey TOKEN' -H 'Content-Type: application/x-ndjson' --data-binary @events.ndjson ${origin}/_bulk`;
  }
}

/** Doors that are open now, with their real addresses, in the order in which people look for them. */
export function doorsOf(listeners: readonly Listener[], here: { hostname: string; origin: string }): Door[] {
  const order = Object.keys(words);
  return listeners
    .filter((l) => words[l.name])
    .sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name))
    .map((l) => {
      const own = l.address !== '';
      const { host, port } = own ? split(l.address) : { host: here.hostname, port: '' };
      const tls = own ? l.name === 'syslog-tls' || (l as { tls?: boolean }).tls === true : here.origin.startsWith('https');
      const target = own && !anywhere(host) ? host : here.hostname;
      return {
        name: l.name,
        word: words[l.name] ?? l.name,
        at: own ? l.address : here.origin,
        tls,
        here: own ? loopback(host) : false,
        received: l.received,
        trouble: l.state,
        line: line(l.name, target.includes(':') ? `[${target}]` : target, port, tls, here.origin),
      };
    });
}
