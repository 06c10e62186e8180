/** What changes would mean, in words. No React. */
import type { EngineEffects } from '@/types/shapes';

import { capital, settingNames } from './setting-words';

export type Effect = 'live' | 'restart';

export function effectOf(setting: string, effects: EngineEffects | undefined): Effect | null {
  if (effects?.restart.includes(setting) === true) return 'restart';
  return effects?.live.includes(setting) === true ? 'live' : null;
}

/** Beside a field that was changed. */
export function effectHint(effect: Effect | null, isRunning: boolean): string {
  if (effect === null) return '';
  if (!isRunning) return 'Applies when it starts.';
  return effect === 'live' ? 'Applies at once, while it runs.' : 'Needs a restart.';
}

/** Below the form, before saving. */
export function effectsInWords(effects: EngineEffects, isRunning: boolean): string {
  const all = [...effects.live, ...effects.restart];
  if (all.length === 0) return '';
  if (!isRunning) return `It does not run: ${settingNames(all)} will be in force when it starts.`;
  const parts = [
    effects.live.length === 0 ? '' : `${capital(settingNames(effects.live))}: at once, while it runs.`,
    effects.restart.length === 0 ? '' : `${capital(settingNames(effects.restart))}: only after a restart.`,
  ];
  return parts.filter((part) => part !== '').join(' ');
}

/** After it was saved: what the server says has come of it. */
export function savedInWords(name: string, effects: EngineEffects): string {
  const done = effects.live.length === 0 ? `${name} is saved.` : `${name} is saved, and in force: ${settingNames(effects.live)}.`;
  return effects.restart.length === 0 ? done : `${done} Waiting for a restart: ${settingNames(effects.restart)}.`;
}
