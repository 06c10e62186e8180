import { Notice } from '@/components/ui/notice';
import { Page } from '@/components/ui/page';
import { useMe } from '@/hooks/use-session';
import { may } from '@/lib/rights';

import { TailView } from './tail-view';

/** Rows as they arrive. */
export function TailPage() {
  const me = useMe();
  if (may(me, 'search')) return <TailView />;
  return (
    <Page title="Live tail">
      <Notice kind="info" title="Your role does not see log lines.">
        A viewer sees engines and their figures. An admin can make you an analyst.
      </Notice>
    </Page>
  );
}
