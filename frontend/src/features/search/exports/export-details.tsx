import Box from '@mui/material/Box';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { CopyButton } from '@/components/ui/copy-button';
import { ErrorNotice, Notice } from '@/components/ui/notice';
import { Waiting } from '@/components/ui/waiting';
import { fonts } from '@/config/tokens';
import { count, counted } from '@/lib/format';
import { momentWords } from '@/lib/zone';

import { manifestQuery } from './api/get-manifest';

/** What is in a file that is done: enough to show later that it is still the same. */
export function ExportDetails({ id, zone }: { id: string; zone: string }) {
  const { data, error } = useQuery(manifestQuery(id));
  if (error !== null) return <ErrorNotice error={error} />;
  if (data === undefined) return <Waiting what="Asking for the details" />;
  const damaged = Object.keys(data.damaged);
  return (
    <Box sx={{ display: 'grid', gap: 2, minWidth: 0 }}>
      <Box
        component="dl"
        sx={{ m: 0, display: 'grid', gridTemplateColumns: 'max-content minmax(0, 1fr)', columnGap: 4, rowGap: 1, fontSize: 13 }}
      >
        <Line name="Rows">{count(data.rows)}</Line>
        <Line name="Bytes">{count(data.bytes)}</Line>
        <Line name="SHA-256">
          <Box sx={{ display: 'flex', alignItems: 'center', gap: 1 }}>
            <Box component="code" sx={{ fontFamily: fonts.lines, fontSize: 12, overflowWrap: 'anywhere', minWidth: 0 }}>
              {data.sha256}
            </Box>
            <CopyButton text={data.sha256} label="the SHA-256" />
          </Box>
        </Line>
        <Line name="Made">
          {momentWords(Date.parse(data.started), zone)} to {momentWords(Date.parse(data.finished), zone)}, by version {data.version}
        </Line>
      </Box>
      {data.left_out > 0 ? (
        <Notice kind="warning" title={`${counted(data.left_out, 'row')} without an original line ${data.left_out === 1 ? 'is' : 'are'} not in it.`} />
      ) : null}
      {damaged.length > 0 ? (
        <Notice kind="warning" title={`${counted(damaged.length, 'day')} could not be read and ${damaged.length === 1 ? 'is' : 'are'} not in it.`}>
          {damaged.join(', ')}
        </Notice>
      ) : null}
    </Box>
  );
}

function Line({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <Box component="dt" sx={{ color: 'text.secondary' }}>
        {name}
      </Box>
      <Box component="dd" sx={{ m: 0, minWidth: 0 }}>
        {children}
      </Box>
    </>
  );
}
