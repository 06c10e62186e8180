import type { QueryClient } from '@tanstack/react-query';

import { isInside } from '@/lib/cidr';

import type { SendersOf } from './api/get-unknown-senders';

/** After a change: what is known of this engine's clients and of who sends without is asked for again. Nobody waits. */
export function settled(client: QueryClient, engine: string): void {
  for (const queryKey of [['clients', engine], ['unknown-senders', engine], ['engines']]) {
    void client.invalidateQueries({ queryKey });
  }
}

/** These senders are done with: they are gone at once, and not only with the next answer. */
export async function withoutSenders(client: QueryClient, engine: string, range: string): Promise<void> {
  const queryKey = ['unknown-senders', engine];
  // An answer that is on its way still has them.
  await client.cancelQueries({ queryKey });
  client.setQueryData<SendersOf>(queryKey, (known) =>
    known === undefined
      ? undefined
      : { ...known, refused: null, senders: known.senders.filter(({ address }) => !isInside(address, range)) },
  );
}
