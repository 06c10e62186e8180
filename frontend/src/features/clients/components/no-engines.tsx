import Link from '@mui/material/Link';
import Typography from '@mui/material/Typography';
import { Link as RouterLink } from 'react-router';

import { Notice } from '@/components/ui/notice';

export function NoEngines() {
  return (
    <Notice kind="info" title="No engine yet, so nobody can send.">
      <Typography variant="body2">
        An engine listens on a port and has a list of who may send to it. Make one on the page{' '}
        <Link component={RouterLink} to="/engines">
          Engines
        </Link>
        .
      </Typography>
    </Notice>
  );
}
