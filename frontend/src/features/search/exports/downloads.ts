/** Every export that goes into a file, also while the dialog is closed. */
import { askStream } from '@/lib/api-client';
import type { Export } from '@/types/shapes';

import { lookAtExport } from './api/get-exports';
import { Download, type DownloadState, type Sink } from './download';

type Downloading = ReadonlyMap<string, DownloadState>;

export class Downloads {
  private states: Downloading = new Map();
  private readonly running = new Map<string, Download>();
  private readonly watchers = new Set<() => void>();

  watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  current = (): Downloading => this.states;

  begin(id: string, sink: Sink): void {
    const download = new Download(
      sink,
      {
        bytes: (after, signal) => askStream(`/exports/${id}/data?after=${after}`, signal),
        look: (signal): Promise<Export> => lookAtExport(id, signal),
      },
      (state) => this.put(id, state),
    );
    this.running.set(id, download);
    void download.run();
  }

  resume(id: string): void {
    void this.running.get(id)?.run();
  }

  cancel(id: string): void {
    void this.running.get(id)?.cancel();
    this.running.delete(id);
    this.put(id, null);
  }

  private put(id: string, state: DownloadState | null): void {
    const next = new Map(this.states);
    if (state === null) next.delete(id);
    else if (this.running.has(id)) next.set(id, state);
    this.states = next;
    // What is not whole yet goes with the page: the browser asks before it is closed.
    const isBusy = [...next.values()].some(({ phase }) => phase !== 'saved' && phase !== 'failed');
    if (isBusy) window.addEventListener('beforeunload', warn);
    else window.removeEventListener('beforeunload', warn);
    for (const watcher of this.watchers) watcher();
  }
}

function warn(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

export const downloads = new Downloads();
