import Button from '@mui/material/Button';

import { Notice } from '@/components/ui/notice';
import { PlainPage } from '@/components/ui/page';

/** When the frame itself has failed. */
export function BrokenPage() {
  return (
    <PlainPage title="This page has failed">
      <Notice kind="bad" title="Something here could not be shown." announced>
        Engines and stored logs are not touched by that.
      </Notice>
      <Button variant="contained" sx={{ mt: 4 }} onClick={() => window.location.reload()}>
        Load the page again
      </Button>
    </PlainPage>
  );
}
