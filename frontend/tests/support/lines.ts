/** Lines as devices write them; the same ones each time. */

/** Numbers that only look like chance, from 0 to 1. */
export function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function oneOf<T>(random: () => number, values: readonly [T, ...T[]]): T {
  return values[Math.floor(random() * values.length)] ?? values[0];
}

const SUBSCRIBERS = ['1CTvtY', '1W8srk32', 'kMartin77', 'zoe4', 'qR7pLm', 'bakerSt221', 'nahar19'] as const;
const STATES = ['new', 'established', 'established,snat', 'related'] as const;
const PORTS = ['443', '443', '443', '80', '53', '22', '3389', '8080'] as const;

function head(severity: number, host: string): string {
  const [, month, day, , time] = /(\w{3}) (\d{2}) (\d{4}) ([\d:]{8})/.exec(new Date().toString()) ?? [];
  return `<${16 * 8 + severity}>${month ?? 'Jan'} ${(day ?? '01').replace(/^0/, ' ')} ${time ?? '00:00:00'} ${host}`;
}

function address(random: () => number): string {
  return [1 + random() * 222, random() * 255, random() * 255, 1 + random() * 253].map(Math.floor).join('.');
}

export function routerLine(random: () => number, host: string): string {
  const kind = random();
  if (kind < 0.03) return `${head(3, host)} system,error,critical: login failure for user ${oneOf(random, ['admin', 'root', 'support'])} from ${address(random)} via ssh`;
  if (kind < 0.08) return `${head(4, host)} interface,warning: sfp-sfpplus${1 + Math.floor(random() * 4)} link down`;
  if (kind < 0.14) return `${head(5, host)} pppoe,notice: <pppoe-${oneOf(random, SUBSCRIBERS)}>: authenticated`;
  if (kind < 0.2) return `${head(7, host)} dhcp,debug: defconf deassigned ${address(random)} for 48:A9:8A:${Math.floor(random() * 90 + 10)}:0B:7C`;
  const from = `10.${20 + Math.floor(random() * 4)}.${Math.floor(random() * 250)}.${1 + Math.floor(random() * 250)}`;
  return (
    `${head(6, host)} firewall,info: prerouting: in:<pppoe-${oneOf(random, SUBSCRIBERS)}> out:(unknown 0), connection-state:${oneOf(random, STATES)} ` +
    `proto TCP (SYN), ${from}:${1024 + Math.floor(random() * 60_000)}->${address(random)}:${oneOf(random, PORTS)}, len ${40 + Math.floor(random() * 1_400)}`
  );
}

export function serverLine(random: () => number, host: string): string {
  const kind = random();
  const id = 400 + Math.floor(random() * 9_000);
  if (kind < 0.25) return `${head(4, host)} sshd[${id}]: Failed password for invalid user ${oneOf(random, ['oracle', 'test', 'git'])} from ${address(random)} port ${1024 + Math.floor(random() * 60_000)} ssh2`;
  if (kind < 0.35) return `${head(6, host)} sshd[${id}]: Accepted publickey for ${oneOf(random, ['anna', 'bert', 'deploy'])} from ${address(random)} port ${1024 + Math.floor(random() * 60_000)} ssh2`;
  if (kind < 0.38) return `${head(2, host)} smartd[${id}]: Device: /dev/sdb [SAT], 8 Currently unreadable (pending) sectors`;
  if (kind < 0.6) return `${head(6, host)} postfix[${id}]: 4F7C21A0: to=<info@example.org>, relay=mx.example.org[192.0.2.25]:25, status=sent (250 2.0.0 Ok)`;
  return `${head(6, host)} nginx[${id}]: ${address(random)} - - "GET /${oneOf(random, ['', 'login', 'api/v1/orders', 'static/app.css'])} HTTP/2.0" ${oneOf(random, ['200', '200', '200', '304', '404', '502'])} ${Math.floor(random() * 40_000)}`;
}
