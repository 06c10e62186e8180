/** Ready lines that make a device send to an engine: what is shown can be pasted as it is. No React. */

export interface Target {
  /** Address or name of this server as the device reaches it. */
  host: string;
  /** UDP port of the engine. */
  port: number;
}

export interface Snippet {
  kind: 'routeros' | 'routeros-old' | 'cisco' | 'rsyslog' | 'logger';
  /** What it is for. */
  name: string;
  /** Where it goes. */
  where: string;
  text: string;
}

/** Stands for a host that is not known: nobody mistakes it for one. */
export const UNKNOWN_HOST = 'SERVER';

const LOCAL = ['localhost', '127.0.0.1', '::1', '0.0.0.0', '::'];

/** Every ready line for a target, the commonest devices first. */
export function snippetsFor(target: Target): Snippet[] {
  const host = hostWord(target.host);
  const port = Math.trunc(target.port);
  return [
    {
      kind: 'routeros',
      name: 'MikroTik, RouterOS 7.18 on',
      where: 'Paste into a terminal of the router.',
      text: routeros(`remote-log-format=syslog syslog-time-format=bsd-syslog`, host, port),
    },
    {
      kind: 'routeros-old',
      name: 'MikroTik, RouterOS before 7.18',
      where: 'Paste into a terminal of the router.',
      text: routeros(`bsd-syslog=yes syslog-facility=local0 syslog-severity=auto`, host, port),
    },
    { kind: 'cisco', name: 'Cisco IOS', where: 'Paste into a terminal in enable mode.', text: cisco(host, port) },
    {
      kind: 'rsyslog',
      name: 'Linux with rsyslog',
      where: 'Paste into a root shell.',
      text: rsyslog(host, port),
    },
    {
      kind: 'logger',
      name: 'One line, with logger',
      where: 'Paste into any shell: it sends a single line.',
      text: loggerLine({ host, port }),
    },
  ];
}

/** One line by the command that every Linux has. */
export function loggerLine(target: Target): string {
  return `logger -n ${hostWord(target.host)} -P ${Math.trunc(target.port)} -d --rfc3164 -t test 'the first line'`;
}

/**
 * What devices are likely to reach this server by: the address the engine listens on where it is a certain one, else
 * the name in the address bar. A name that means the device itself is no answer.
 */
export function likelyHost(addressBar: string, listening: readonly string[] = []): string {
  const named = addressBar.replace(/^\[|\]$/g, '');
  const certain = listening.find((each) => !LOCAL.includes(each));
  const host = certain ?? (LOCAL.includes(named) ? UNKNOWN_HOST : named);
  return hostWord(host);
}

/** A host goes into commands: whatever else somebody typed does not. */
function hostWord(host: string): string {
  const bare = host.trim().replace(/^\[|\]$/g, '');
  return /^[A-Za-z0-9](?:[A-Za-z0-9.:_-]{0,252}[A-Za-z0-9])?$/.test(bare) || /^::?[A-Fa-f0-9:.]*$/.test(bare)
    ? bare
    : UNKNOWN_HOST;
}

function routeros(format: string, host: string, port: number): string {
  const rules = ['info', 'warning', 'error', 'critical'].map(
    (topic) => `/system logging add topics=${topic} action=syslogger`,
  );
  return [
    `/system logging action add name=syslogger target=remote remote=${host} remote-port=${port} ${format}`,
    ...rules,
  ].join('\n');
}

function cisco(host: string, port: number): string {
  const named = host.includes(':') ? `ipv6 ${host}` : host;
  return [
    'configure terminal',
    'service timestamps log datetime msec',
    'logging origin-id hostname',
    `logging host ${named} transport udp port ${port}`,
    'logging trap informational',
    'end',
    'write memory',
  ].join('\n');
}

function rsyslog(host: string, port: number): string {
  return [
    `cat > /etc/rsyslog.d/60-syslogger.conf <<'END'`,
    `*.* action(type="omfwd" target="${host}" port="${port}" protocol="udp")`,
    'END',
    'systemctl restart rsyslog',
  ].join('\n');
}
