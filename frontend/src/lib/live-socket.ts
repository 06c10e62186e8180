/** The WebSocket of the API: opens, is opened again with back-off, and tells who subscribed. No React. */

export type Connection = 'connecting' | 'live' | 'lost';

export interface LiveMessage {
  type: string;
  id?: string;
  [part: string]: unknown;
}

/** What is subscribed to, as docs/api.md says under "Live". */
export interface Asked {
  /** One's own name of the subscription. */
  id: string;
  kind: 'status' | 'events' | 'tail';
  query?: string | TailQuery;
  most_rows_a_second?: number;
  /** Where to go on: the last event, or the last row of each engine. */
  after?: number | readonly string[];
}

export interface TailQuery {
  engines?: readonly string[];
  classes?: readonly string[];
  where?: unknown;
}

interface Subscription {
  asked: () => Asked;
  tell: (message: LiveMessage) => void;
}

export interface LiveState {
  connection: Connection;
  /** When the present state began, ms since the epoch. */
  since: number;
}

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
/** The server says something at least every 10 s. */
const SILENCE_MS = 25_000;
/** What the server closes with when the session is over. */
const SIGNED_OUT = 4401;

export class LiveSocket {
  private socket: WebSocket | null = null;
  private readonly subscriptions = new Map<string, Subscription>();
  private readonly watchers = new Set<() => void>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  private isClosed = true;
  private state: LiveState = { connection: 'connecting', since: Date.now() };

  constructor(
    private readonly url: string,
    private readonly onSignedOut: () => void = () => undefined,
    private readonly jitter: () => number = Math.random,
  ) {}

  open(): void {
    if (!this.isClosed) return;
    this.isClosed = false;
    this.connect();
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    this.detach();
    this.become('connecting');
  }

  /**
   * Subscribes now and after every reconnect; what it returns ends that. What goes on where it was (`after`) is a
   * function: it is asked each time, and keeps its id.
   */
  subscribe(asked: Asked | (() => Asked), tell: Subscription['tell']): () => void {
    const words = typeof asked === 'function' ? asked : () => asked;
    const { id } = words();
    this.subscriptions.set(id, { asked: words, tell });
    this.say({ type: 'subscribe', ...words() });
    return () => {
      this.subscriptions.delete(id);
      this.say({ type: 'unsubscribe', id });
    };
  }

  readonly current = (): LiveState => this.state;

  readonly watch = (callback: () => void): (() => void) => {
    this.watchers.add(callback);
    return () => this.watchers.delete(callback);
  };

  private connect(): void {
    const socket = new WebSocket(this.url);
    this.socket = socket;
    this.expectWords();
    socket.onopen = () => {
      for (const { asked } of this.subscriptions.values()) this.say({ type: 'subscribe', ...asked() });
    };
    socket.onmessage = (event: MessageEvent<unknown>) => this.hear(event.data);
    socket.onclose = (event) => {
      if (event.code === SIGNED_OUT) this.onSignedOut();
      this.lose();
    };
  }

  private hear(data: unknown): void {
    const message = parsed(data);
    if (message === null) return;
    this.failures = 0;
    this.become('live');
    this.expectWords();
    if (message.id !== undefined) this.subscriptions.get(message.id)?.tell(message);
  }

  /** A line that is silent for too long is dead, whatever TCP believes. */
  private expectWords(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.lose(), SILENCE_MS);
  }

  private lose(): void {
    clearTimeout(this.timer);
    this.detach();
    if (this.isClosed) return;
    this.become('lost');
    this.timer = setTimeout(() => this.connect(), waitMs(this.failures, this.jitter()));
    this.failures += 1;
  }

  private detach(): void {
    const socket = this.socket;
    this.socket = null;
    if (socket === null) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  private say(words: Record<string, unknown>): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(words));
  }

  private become(connection: Connection): void {
    if (connection === this.state.connection) return;
    this.state = { connection, since: Date.now() };
    for (const callback of this.watchers) callback();
  }
}

/** 1 s, 2 s, 4 s … 30 s; a random half of it, so that a hundred pages do not come back at once. */
export function waitMs(failures: number, random: number): number {
  const most = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures, 10));
  return most / 2 + (most / 2) * random;
}

function parsed(data: unknown): LiveMessage | null {
  if (typeof data !== 'string') return null;
  try {
    const message: unknown = JSON.parse(data);
    return typeof message === 'object' && message !== null && 'type' in message ? (message as LiveMessage) : null;
  } catch {
    return null;
  }
}
