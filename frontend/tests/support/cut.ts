/** A way to a server that breaks in the middle of an answer, as the connection of somebody far away does. */
import { connect, createServer, type Server as Listener, type Socket } from 'node:net';

interface Cut {
  /** Requests that it is about. */
  request: RegExp;
  /** Of all their answers together so many bytes still come through, heads among them; then nothing comes. */
  bytes: number;
}

/** Passes everything on; while `cut` is set, answers to such requests stop after so many bytes, until they are broken off. */
export class BreakingWay {
  cut: Cut | null = null;
  #isBroken = false;
  /** Towards the browser: connections whose answer has stopped. */
  readonly #stopped = new Set<Socket>();
  readonly #sockets = new Set<Socket>();

  private constructor(
    private readonly listener: Listener,
    private readonly target: number,
  ) {}

  static async to(url: string): Promise<BreakingWay> {
    const way = new BreakingWay(createServer(), Number(new URL(url).port));
    way.listener.on('connection', (near) => way.#pass(near));
    await new Promise<void>((resolve, reject) => {
      way.listener.once('error', reject);
      way.listener.listen(0, '127.0.0.1', resolve);
    });
    return way;
  }

  get url(): string {
    const address = this.listener.address();
    if (typeof address !== 'object' || address === null) throw new Error('it does not listen');
    return `http://127.0.0.1:${address.port}`;
  }

  /** What has stopped ends, and what would stop from now on, too. */
  breakOff(): void {
    this.#isBroken = true;
    for (const socket of this.#stopped) socket.destroy();
  }

  /** Everything comes through again. */
  mend(): void {
    this.cut = null;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.listener.close(() => resolve()));
  }

  #pass(near: Socket): void {
    const far = connect(this.target, '127.0.0.1');
    /** Whose answer is on its way; null: nobody's that is meant. */
    let cut: Cut | null = null;
    for (const socket of [near, far]) {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      // A broken connection is what this is for.
      socket.on('error', () => undefined);
    }
    near.on('data', (data) => {
      cut = this.cut?.request.test(data.toString('latin1').split('\r\n', 1)[0] ?? '') === true ? this.cut : null;
      far.write(data);
    });
    far.on('data', (data) => {
      const part = cut === null ? data : data.subarray(0, cut.bytes);
      if (part.length > 0) near.write(part);
      if (cut === null) return;
      cut.bytes -= part.length;
      if (cut.bytes > 0) return;
      this.#stopped.add(near);
      if (this.#isBroken) near.destroy();
    });
    near.on('close', () => far.destroy());
    far.on('close', () => near.end());
  }
}
