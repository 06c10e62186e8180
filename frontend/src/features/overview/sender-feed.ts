/** The senders by their rates: counts are what the engines tell, so a rate is what came since a look a minute ago. */
import type { EngineFeed } from '@/lib/engine-feed';

import { senderLines, type SenderLine, type ShownSender } from './sender-lines';

const LOOK_MS = 5_000;
const KEPT_MS = 60_000;
/** Rows that change their places cannot be read: the order is looked at anew only so often. */
const ORDER_MS = 15_000;

interface Look {
  at: number;
  counts: Map<string, number>;
}

export class SenderFeed {
  private looks: Look[] = [];
  private order = new Map<string, number>();
  private orderedAt = 0;
  private told: unknown = null;
  private shown: readonly ShownSender[] = [];

  constructor(private readonly engines: EngineFeed) {}

  readonly current = (): readonly ShownSender[] => this.shown;

  readonly watch = (callback: () => void): (() => void) => {
    this.look();
    return this.engines.watch(() => {
      this.look();
      callback();
    });
  };

  private look(): void {
    const { engines, history } = this.engines.current();
    const at = history.at(-1)?.at;
    if (engines === null || at === undefined || engines === this.told) return;
    this.told = engines;
    this.take(senderLines(engines), at);
  }

  private take(lines: SenderLine[], at: number): void {
    this.looks = this.looks.filter((look) => at - look.at <= KEPT_MS);
    const before = this.looks[0];
    const senders = lines.map((line) => ({ ...line, rate: line.told ?? rateOf(line, before, at) }));
    const last = this.looks.at(-1);
    if (last === undefined || at - last.at >= LOOK_MS) {
      this.looks.push({ at, counts: new Map(lines.map((line) => [line.key, line.received])) });
    }
    this.sort(senders, at);
  }

  private sort(senders: ShownSender[], at: number): void {
    if (at - this.orderedAt >= ORDER_MS || this.order.size === 0) {
      const busiest = [...senders].sort(
        (one, other) => (other.rate ?? -1) - (one.rate ?? -1) || other.received - one.received || one.key.localeCompare(other.key),
      );
      this.order = new Map(busiest.map((sender, place) => [sender.key, place]));
      this.orderedAt = at;
    }
    const placeOf = (sender: ShownSender) => this.order.get(sender.key) ?? this.order.size;
    this.shown = [...senders].sort((one, other) => placeOf(one) - placeOf(other));
  }
}

/** Less than before is a count that began anew. */
function rateOf(line: SenderLine, before: Look | undefined, at: number): number | null {
  const former = before?.counts.get(line.key);
  if (before === undefined || former === undefined || at <= before.at) return null;
  return (Math.max(0, line.received - former) * 1_000) / (at - before.at);
}
