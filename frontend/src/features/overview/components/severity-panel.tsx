import Box from '@mui/material/Box';
import Link from '@mui/material/Link';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { Link as RouterLink } from 'react-router';

import { ErrorNotice } from '@/components/ui/notice';
import { Panel } from '@/components/ui/panel';
import { Severity } from '@/components/ui/severity';
import { palettes } from '@/config/tokens';
import { useMode } from '@/hooks/use-mode';
import { count } from '@/lib/format';
import { addCondition } from '@/lib/query-text';
import { searchLink } from '@/lib/search-address';

import { severitiesQuery } from '../api/get-severities';
import { severityMix, shareWords, type SeverityShare } from '../severity-mix';

interface Props {
  maySearch: boolean;
  /** As docs/query.md says it. */
  since: string;
  sinceWords: string;
  height: number;
}

/** Rows by severity: the same nine lines, whatever there is. */
export function SeverityPanel({ maySearch, since, sinceWords, height }: Props) {
  return (
    <Panel title="Severity" aside={maySearch ? sinceWords : ''}>
      <Box sx={{ minHeight: height, minWidth: 0 }}>
        {maySearch ? (
          <Mix since={since} />
        ) : (
          <Typography variant="body2" sx={{ p: 4, color: 'text.secondary' }}>
            How severe the messages are is shown to those who may search them.
          </Typography>
        )}
      </Box>
    </Panel>
  );
}

function Mix({ since }: { since: string }) {
  const { data, error } = useQuery(severitiesQuery(since));
  const mix = data === undefined ? null : severityMix(data);
  return (
    <>
      {error === null ? null : (
        <Box sx={{ p: 3 }}>
          <ErrorNotice error={error} />
        </Box>
      )}
      {mix === null ? null : (
        <Box component="ul" sx={{ m: 0, px: 4, py: 2, listStyle: 'none' }}>
          {mix.map((each) => (
            <Share key={String(each.code)} each={each} since={since} />
          ))}
        </Box>
      )}
      {data === undefined || (data.searched.cut ?? null) === null ? null : (
        <Typography variant="body2" sx={{ px: 4, pb: 2, color: 'warning.main' }}>
          Counted in part: the time was over.
        </Typography>
      )}
    </>
  );
}

function Share({ each, since }: { each: SeverityShare; since: string }) {
  const { mode } = useMode();
  const palette = palettes[mode];
  const colour = each.code === null ? palette.secondary : palette.severity[each.code];
  return (
    <Box
      component="li"
      sx={{
        display: 'grid',
        gridTemplateColumns: '84px minmax(40px, 1fr) 84px 64px',
        gap: 2,
        alignItems: 'center',
        height: 28,
        fontSize: 13,
      }}
    >
      {each.rows === 0 ? (
        <Severity code={each.code} />
      ) : (
        <Link component={RouterLink} to={linkOf(each.code, since)} color="inherit" title="Search these rows">
          <Severity code={each.code} />
        </Link>
      )}
      <Box aria-hidden="true" sx={{ height: 8, borderRadius: '2px', bgcolor: 'action.hover', overflow: 'hidden' }}>
        <Box style={{ width: `${each.share * 100}%`, backgroundColor: colour ?? palette.secondary }} sx={{ height: '100%' }} />
      </Box>
      <Box component="span" sx={{ textAlign: 'right' }}>
        {count(each.rows)}
      </Box>
      <Box component="span" sx={{ textAlign: 'right', color: 'text.secondary' }}>
        {shareWords(each.share)}
      </Box>
    </Box>
  );
}

function linkOf(code: number | null, since: string): string {
  return searchLink({ q: addCondition('', 'severity', code, 'new'), range: { since, until: null } });
}
