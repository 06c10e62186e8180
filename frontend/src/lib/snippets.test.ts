import { expect, test } from 'vitest';

import { likelyHost, loggerLine, snippetsFor, UNKNOWN_HOST } from './snippets';

const target = { host: '192.0.2.10', port: 5140 };

test('every ready line names host and port', () => {
  for (const snippet of snippetsFor(target)) {
    expect(snippet.text, snippet.kind).toContain('192.0.2.10');
    expect(snippet.text, snippet.kind).toContain('5140');
  }
});

test('each kind is there once', () => {
  expect(snippetsFor(target).map((each) => each.kind)).toEqual(['routeros', 'routeros-old', 'cisco', 'rsyslog', 'logger']);
});

test('a message of RouterOS meets one rule alone, so that it is sent once', () => {
  const [routeros] = snippetsFor(target);

  expect(routeros?.text.match(/topics=\w+(?= )/g)).toEqual([
    'topics=info',
    'topics=warning',
    'topics=error',
    'topics=critical',
  ]);
});

test('Cisco has a word of its own for IPv6', () => {
  const cisco = snippetsFor({ host: '2001:db8::1', port: 514 }).find((each) => each.kind === 'cisco');

  expect(cisco?.text).toContain('logging host ipv6 2001:db8::1 transport udp port 514');
});

test.each(["x'; reboot; '", '$(reboot)', '"; a="', 'a b', '', '-n', 'a\nb', '`id`'])(
  'nothing but a host gets into a command: %j',
  (host) => {
    for (const snippet of snippetsFor({ host, port: 514 })) {
      expect(snippet.text).toContain(UNKNOWN_HOST);
      expect(snippet.text).not.toMatch(/reboot|\$\(|`/);
    }
  },
);

test('logger sends one datagram to the port', () => {
  expect(loggerLine({ host: '[::1]', port: 5140 })).toBe("logger -n ::1 -P 5140 -d --rfc3164 -t test 'the first line'");
});

test.each([
  ['logs.example.net', [], 'logs.example.net'],
  ['localhost', [], UNKNOWN_HOST],
  ['127.0.0.1', ['0.0.0.0', '::'], UNKNOWN_HOST],
  ['127.0.0.1', ['192.0.2.7'], '192.0.2.7'],
  ['logs.example.net', ['0.0.0.0', '192.0.2.7'], '192.0.2.7'],
  ['[2001:db8::5]', [], '2001:db8::5'],
])('%s with an engine on %j is reached by %s', (addressBar, listening, host) => {
  expect(likelyHost(addressBar, listening)).toBe(host);
});
