/**
 * Files that a page writes itself. Chromium has this, and only where pages come over HTTPS or from this machine;
 * everywhere else the browser fetches a link by itself.
 */
import type { Sink } from './download';

interface Handle {
  createWritable: () => Promise<{
    write: (data: Uint8Array) => Promise<void>;
    close: () => Promise<void>;
    abort: () => Promise<void>;
  }>;
}

type Picker = (options: { suggestedName: string }) => Promise<Handle>;

export function canSaveFiles(): boolean {
  return pickerOf() !== null;
}

/** Asks where to, which wants a click to have come before. null: it was decided against. */
export async function pickFile(name: string): Promise<Sink | null> {
  const picker = pickerOf();
  if (picker === null) return null;
  try {
    const handle = await picker({ suggestedName: name });
    const file = await handle.createWritable();
    return { write: (data) => file.write(data), close: () => file.close(), abort: () => file.abort() };
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return null;
    throw error;
  }
}

function pickerOf(): Picker | null {
  const found: unknown = Reflect.get(window, 'showSaveFilePicker');
  return typeof found === 'function' ? (options) => (found as Picker).call(window, options) : null;
}
