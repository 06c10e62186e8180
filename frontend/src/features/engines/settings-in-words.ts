/** An engine's settings in words. No React. */
import { bytes, counted } from '@/lib/format';
import type { EngineSettings } from '@/types/shapes';

import { listed } from './setting-words';

export function settingsInWords(settings: EngineSettings, autostart: boolean): { name: string; words: string }[] {
  return [
    { name: 'Listens on', words: settings.addresses.length === 0 ? 'every address' : listed(settings.addresses) },
    { name: 'Original line', words: settings.keep_original ? 'kept' : 'not kept' },
    { name: 'Days kept', words: settings.auto_delete_days === null ? 'as the configuration says' : counted(settings.auto_delete_days, 'day') },
    { name: 'Space at most', words: settings.auto_delete_bytes === null ? 'no limit' : bytes(settings.auto_delete_bytes) },
    { name: 'Extraction', words: settings.workers === null ? 'by the cores of this machine' : counted(settings.workers, 'process', 'processes') },
    { name: 'With the server', words: autostart ? 'started' : 'not started' },
  ];
}
