import { expect, test } from 'vitest';

import type { EngineEvent } from '@/types/shapes';

import { bufferInWords } from './buffer-words';
import { busiest, lastSeenInWords, MOST_SHOWN } from './client-words';
import { looked, shareInWords, shareOf } from './cpu-shares';
import { deletedOf } from './deleted';
import { effectHint, effectOf, effectsInWords, savedInWords } from './effect-words';
import { chartsOf } from './engine-charts';
import { kept, merged, MOST_FRESH } from './event-list';
import { gravityOf } from './event-looks';
import { costInWords, hitRateInWords } from './field-words';
import { listed, settingNames } from './setting-words';

test('effects are said in the words of the form', () => {
  const effects = { live: ['title', 'clients'], restart: ['port'] };
  expect(effectOf('port', effects)).toBe('restart');
  expect(effectOf('workers', effects)).toBeNull();
  expect(effectHint('live', true)).toBe('Applies at once, while it runs.');
  expect(effectHint('live', false)).toBe('Applies when it starts.');
  expect(effectsInWords(effects, true)).toBe('Title and allowed senders: at once, while it runs. Port: only after a restart.');
  expect(effectsInWords({ live: ['port'], restart: [] }, false)).toBe('It does not run: port will be in force when it starts.');
  expect(savedInWords('edge', effects)).toBe('edge is saved, and in force: title and allowed senders. Waiting for a restart: port.');
});

test('a setting without words is called as in the file', () => {
  expect(settingNames(['port', 'RECEIVE.sockets', 'workers'])).toBe('port, RECEIVE.sockets and extraction processes');
  expect(listed([])).toBe('');
});

test('a buffer that was cut comes with the fix, now and for good', () => {
  const words = bufferInWords({ sockets: 1, asked_bytes: 67_108_864, granted_bytes: 425_984, advice: 'sysctl -w net.core.rmem_max=67108864' });
  expect(words).toMatchObject({ isShort: true, asked: '67 MB', granted: '213 kB' });
  expect(words.fix).toBe(
    "sudo sysctl -w net.core.rmem_max=67108864\necho 'net.core.rmem_max=67108864' | sudo tee /etc/sysctl.d/60-syslogger.conf",
  );
  expect(bufferInWords({ sockets: 1, asked_bytes: 1_000_000, granted_bytes: 2_000_000, advice: null })).toMatchObject({ granted: '1 MB', fix: null });
});

test('CPU is the difference of looks, and not known at the first', () => {
  const process = (pid: number, seconds: number) => ({ role: 'writer', pid, cpu_seconds: seconds, rss_bytes: 1 });
  const first = looked([], [process(7, 1)], 1_000);
  expect(shareOf(first, 7)).toBeNull();
  const second = looked(first, [process(7, 1.5), process(8, 90)], 2_000);
  expect(shareOf(second, 7)).toBe(0.5);
  // Another process has no past.
  expect(shareOf(second, 8)).toBeNull();
  expect(shareInWords(0.5)).toBe('50 %');
  expect(shareInWords(0.004)).toBe('0.4 %');
  // Looks are few, however long it goes on.
  let looks = second;
  for (let at = 3_000; at < 100_000; at += 1_000) looks = looked(looks, [process(7, at / 2_000)], at);
  expect(looks.length).toBeLessThan(8);
});

test('a client that was silent for ten minutes is called so', () => {
  const now = 1_800_000_000_000;
  expect(lastSeenInWords(0, now)).toBe('not yet');
  expect(lastSeenInWords(null, now)).toBe('–');
  expect(lastSeenInWords((now - 5_000) * 1_000, now)).toBe('5 s ago');
  expect(lastSeenInWords((now - 660_000) * 1_000, now)).toBe('11 min ago, silent');
});

test('of very many clients the busiest are shown, the others counted', () => {
  const client = (number: number) => ({ name: `c${number}`, address: '10.0.0.1', received: number });
  const few = [client(1), client(2)];
  expect(busiest(few)).toEqual({ shown: few, others: 0 });
  const many = busiest(Array.from({ length: MOST_SHOWN + 50 }, (_, number) => client(number)));
  expect(many.shown).toHaveLength(MOST_SHOWN);
  expect(many.shown[0]?.received).toBe(MOST_SHOWN + 49);
  expect(many.others).toBe(50);
});

test('a hit rate is never rounded to all or nothing', () => {
  expect(hitRateInWords(1)).toBe('100 %');
  expect(hitRateInWords(0.99995)).toBe('> 99.9 %');
  expect(hitRateInWords(0.0001)).toBe('< 0.1 %');
  expect(hitRateInWords(0)).toBe('0 %');
  expect(costInWords(9_157.4)).toBe('9,157 ns');
  expect(costInWords(227_813)).toBe('228 µs');
});

test('events: each once, the newest first, and a bounded number of fresh ones', () => {
  const event = (id: number) => ({ id, engine: 'edge', event: 'ready', at: id, message: '' });
  expect(merged([event(3), event(2)], [event(2), event(1)]).map(({ id }) => id)).toEqual([3, 2, 1]);
  let fresh: readonly EngineEvent[] = [];
  for (let id = 0; id < MOST_FRESH + 10; id += 1) fresh = kept(fresh, event(id));
  expect(fresh).toHaveLength(MOST_FRESH);
  expect(gravityOf('crash_loop')).toBe('bad');
  expect(gravityOf('something_new')).toBe('news');
});

test('four charts, in which kernel and engine are told apart in what is lost', () => {
  const charts = chartsOf({ received: [5], stored: [5], refused: [0], dropped: [2], kernel: [1] });
  expect(charts.map(({ title }) => title)).toEqual(['Received', 'Stored', 'Refused', 'Lost']);
  expect(charts[3]?.series).toEqual([
    { name: 'kernel', colour: 'kernel', values: [1] },
    { name: 'engine', colour: 'dropped', values: [2] },
  ]);
});

test('a page state that is anything else tells of nothing deleted', () => {
  expect(deletedOf({ deleted: { name: 'edge', job: null } })).toEqual({ name: 'edge', job: null });
  for (const state of [null, 7, {}, { deleted: 'edge' }, { deleted: { name: 1, job: null } }]) expect(deletedOf(state)).toBeNull();
});
