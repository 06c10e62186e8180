import Link from '@mui/material/Link';
import Typography from '@mui/material/Typography';
import { Link as RouterLink } from 'react-router';

import { Page } from '@/components/ui/page';

export function NotFoundPage() {
  return (
    <Page title="There is no such page">
      <Typography>
        The address may be mistyped, or the page has another name now.{' '}
        <Link component={RouterLink} to="/">
          Go to the overview
        </Link>
      </Typography>
    </Page>
  );
}
