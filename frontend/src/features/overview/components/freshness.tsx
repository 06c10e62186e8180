import { Notice, sentence } from '@/components/ui/notice';
import { useZone } from '@/hooks/use-zone';
import { ApiError } from '@/lib/api-error';
import { clockWords } from '@/lib/zone';

import type { EnginesNow } from '../use-engines';

/** What is not of now is called so: since when, and what is asked for instead. Nothing where all comes live. */
export function Freshness({ engines }: { engines: EnginesNow }) {
  const zone = useZone() ?? 'UTC';
  const { error, trouble, heardAt } = engines;
  const at = heardAt === null ? null : clockWords(heardAt, zone);
  if (error !== null) {
    const hint = error instanceof ApiError && error.hint !== null ? `${sentence(error.hint)} ` : '';
    return (
      <Notice kind="bad" title={sentence(error.message)} announced>
        {hint}
        {at === null ? '' : `What is below is as it was at ${at}.`}
      </Notice>
    );
  }
  if (trouble === null) return null;
  return (
    <Notice kind="warning" title={sentence(trouble)} announced>
      {`The engines and the ledger are asked for every 5 s.${at === null ? '' : ` Rates and senders are as they were at ${at}.`}`}
    </Notice>
  );
}
