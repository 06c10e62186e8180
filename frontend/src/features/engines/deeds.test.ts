import { expect, test } from 'vitest';

import { anna } from '@/testing/server';

import { possibleDeeds, rightsOf, takeableReasons, type Deed } from './deeds';

const ALL = { mayOperate: true, mayRead: true, isScoped: false };
const whole = (state: string, pauseReasons: string[] | null = null, wanted = 'running') => ({
  isWhole: true,
  state,
  wanted,
  pauseReasons,
});

test.each<[string, Deed[]]>([
  ['running', ['pause', 'restart', 'stop', 'edit', 'delete']],
  ['degraded', ['pause', 'restart', 'stop', 'edit', 'delete']],
  ['starting', ['stop', 'edit', 'delete']],
  ['draining', ['edit', 'delete']],
  ['stopped', ['start', 'edit', 'delete']],
  ['failed', ['start', 'stop', 'edit', 'delete']],
])('an engine that is %s can be: %s', (state, deeds) => {
  expect(possibleDeeds(whole(state), ALL)).toEqual(deeds);
});

test('a pause of people can be ended by people, that of a full disk by space only', () => {
  expect(possibleDeeds(whole('paused', ['operator']), ALL)).toContain('resume');
  expect(possibleDeeds(whole('paused', null), ALL)).toContain('resume');
  expect(possibleDeeds(whole('paused', ['no_space']), ALL)).not.toContain('resume');
  expect(takeableReasons(['maintenance', 'no_space'])).toEqual(['maintenance']);
});

test('who may not, is offered nothing; with a scope nothing is deleted; of a glimpse nothing is done', () => {
  expect(possibleDeeds(whole('running'), { ...ALL, mayOperate: false })).toEqual([]);
  expect(possibleDeeds(whole('running'), { ...ALL, isScoped: true })).not.toContain('delete');
  expect(possibleDeeds({ ...whole('running'), isWhole: false }, ALL)).toEqual([]);
});

test('a failed engine that is not wanted is not stopped', () => {
  expect(possibleDeeds(whole('failed', null, 'stopped'), ALL)).not.toContain('stop');
});

test('rights follow from role and scope', () => {
  expect(rightsOf(anna)).toEqual(ALL);
  const viewer = { ...anna, role: 'viewer' as const, user: { ...anna.user, scope: { engines: [], clients: ['office'] } } };
  expect(rightsOf(viewer)).toEqual({ mayOperate: false, mayRead: false, isScoped: true });
});
