/**
 * One export on its way into a file.
 *
 * Its bytes go into the file as they come, so that its size does not matter, and it can begin while the export is still
 * made. A connection that breaks is gone on with from the byte that is there (`after`), a few times by itself and then
 * when somebody says so. Nothing secret is in an address: the cookie of the session goes along.
 */
import { ApiError, unreachable } from '@/lib/api-error';
import type { Export } from '@/types/shapes';

/** Where the bytes go. */
export interface Sink {
  write: (data: Uint8Array) => Promise<void>;
  /** It is whole. */
  close: () => Promise<void>;
  /** Nothing of it is kept. */
  abort: () => Promise<void>;
}

/** What is asked of the API; played in tests. */
export interface Source {
  bytes: (after: number, signal: AbortSignal) => Promise<Response>;
  look: (signal: AbortSignal) => Promise<Export>;
}

export interface DownloadState {
  /** broken: it waits for somebody to go on with it. */
  phase: 'running' | 'again' | 'broken' | 'failed' | 'saved';
  bytes: number;
  error: Error | null;
}

const WAITS_MS = [1_000, 2_000, 4_000, 8_000];
/** More often than this nobody needs to be told. */
const TOLD_MS = 250;

/** The file could not be written: the disk is full, or the right to it was taken away. */
class SinkError extends Error {}

export class Download {
  private now: DownloadState = { phase: 'running', bytes: 0, error: null };
  private controller = new AbortController();
  private toldAt = 0;

  constructor(
    private readonly sink: Sink,
    private readonly source: Source,
    private readonly tell: (state: DownloadState) => void,
    private readonly waits: readonly number[] = WAITS_MS,
  ) {}

  /** Begin, or go on. It ends when the file is saved, when it failed, or when it needs somebody. */
  async run(): Promise<void> {
    this.controller = new AbortController();
    const { signal } = this.controller;
    let failures = 0;
    this.be('running', null);
    for (;;) {
      const before = this.now.bytes;
      const error = await this.attempt(signal);
      if (signal.aborted || error === null) return;
      if (isFinal(error)) {
        await this.sink.abort().catch(() => undefined);
        this.be('failed', error);
        return;
      }
      failures = this.now.bytes > before ? 0 : failures + 1;
      const wait = this.waits[failures];
      if (wait === undefined || isSessionOver(error)) {
        this.be('broken', error);
        return;
      }
      this.be('again', error);
      await pause(wait, signal);
      if (isAborted(signal)) return;
      this.be('running', null);
    }
  }

  /** Give it up; what is in the file goes. */
  async cancel(): Promise<void> {
    this.controller.abort();
    await this.sink.abort().catch(() => undefined);
  }

  /** null: it is saved, or was given up. */
  private async attempt(signal: AbortSignal): Promise<Error | null> {
    try {
      await this.read(await this.source.bytes(this.now.bytes, signal));
      const export_ = await this.source.look(signal);
      if (export_.state === 'failed') return ended(export_.error);
      if (export_.state !== 'done' || export_.bytes !== this.now.bytes) return unreachable();
      await written(this.sink.close());
      this.be('saved', null);
      return null;
    } catch (error) {
      if (signal.aborted) return null;
      return error instanceof ApiError || error instanceof SinkError ? error : unreachable();
    }
  }

  private async read(response: Response): Promise<void> {
    if (response.body === null) return;
    const reader = response.body.getReader();
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        await written(this.sink.write(value));
        this.now = { ...this.now, bytes: this.now.bytes + value.length };
        this.tellNowAndThen();
      }
    } finally {
      await reader.cancel().catch(() => undefined);
    }
  }

  private tellNowAndThen(): void {
    const now = performance.now();
    if (now - this.toldAt < TOLD_MS) return;
    this.toldAt = now;
    this.tell(this.now);
  }

  private be(phase: DownloadState['phase'], error: Error | null): void {
    this.now = { ...this.now, phase, error };
    this.tell(this.now);
  }
}

async function written(done: Promise<void>): Promise<void> {
  try {
    await done;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new SinkError(`The file could not be written: ${why}`);
  }
}

/** What asking again does not mend. */
function isFinal(error: Error): boolean {
  if (error instanceof SinkError) return true;
  return error instanceof ApiError && [400, 403, 404, 409, 416, 422].includes(error.status);
}

/** Goes on once somebody has signed in again. */
function isSessionOver(error: Error): boolean {
  return error instanceof ApiError && error.status === 401;
}

function ended(why: string): ApiError {
  return new ApiError(409, { code: 'failed', message: why === '' ? 'the export has failed' : why, request_id: '' });
}

function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end);
  });
}
