import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';

import { ErrorNotice } from '@/components/ui/notice';
import { Waiting } from '@/components/ui/waiting';
import { useAhead, useZone } from '@/hooks/use-zone';

import { exportsQuery } from './api/get-exports';
import { downloads } from './downloads';
import { ExportCard } from './export-card';
import { summaryWords } from './words';

/** One's exports, the newest first. */
export function ExportList() {
  const asked = useQuery(exportsQuery);
  const zone = useZone() ?? 'UTC';
  const ahead = useAhead();
  const downloading = useSyncExternalStore(downloads.watch, downloads.current);
  const all = asked.data ?? [];
  const now = (asked.dataUpdatedAt + ahead) * 1_000;
  return (
    <Box component="section" aria-labelledby="exports-title" sx={{ display: 'grid', gap: 3, minWidth: 0 }}>
      <Box sx={{ display: 'flex', justifyContent: 'space-between', alignItems: 'baseline', gap: 3 }}>
        <Typography variant="h2" id="exports-title" sx={{ fontSize: 14 }}>
          Your exports
        </Typography>
        <Typography component="span" variant="body2" role="status" sx={{ color: 'text.secondary' }}>
          {all.length === 0 ? '' : summaryWords(all.map(({ told }) => told.state))}
        </Typography>
      </Box>
      {asked.error === null ? null : <ErrorNotice error={asked.error} />}
      {asked.isPending ? <Waiting what="Asking for your exports" /> : null}
      {asked.data?.length === 0 ? (
        <Typography variant="body2" sx={{ color: 'text.secondary' }}>
          None yet. What you export stands here until some time after it was last read.
        </Typography>
      ) : null}
      <Box component="ul" aria-label="Your exports" sx={{ m: 0, p: 0, listStyle: 'none', display: 'grid', gap: 2 }}>
        {all.map(({ told, pace }) => (
          <ExportCard key={told.id} told={told} pace={pace} download={downloading.get(told.id) ?? null} now={now} zone={zone} />
        ))}
      </Box>
    </Box>
  );
}
