import Box from '@mui/material/Box';
import ButtonBase from '@mui/material/ButtonBase';
import FormControlLabel from '@mui/material/FormControlLabel';
import Switch from '@mui/material/Switch';
import Typography from '@mui/material/Typography';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { ErrorNotice } from '@/components/ui/notice';
import { Severity } from '@/components/ui/severity';
import { Waiting } from '@/components/ui/waiting';
import { fonts } from '@/config/tokens';
import { counted } from '@/lib/format';
import type { LogRow } from '@/lib/log-row';
import { cut, lineOf } from '@/lib/line-of';
import { severityOf } from '@/lib/severity';
import { visibleText } from '@/lib/visible-text';
import type { Clock } from '@/lib/zone-time';

import { AROUND_ROWS, contextQuery } from './api/get-context';

interface Props {
  row: LogRow;
  clock: Clock;
  onChoose: ((row: LogRow) => void) | undefined;
}

const MOST_CHARACTERS = 500;

/** What came just before and just after. */
export function RowContext({ row, clock, onChoose }: Props) {
  const [isSameSender, setIsSameSender] = useState(false);
  const context = useQuery({ ...contextQuery(row.id, isSameSender), placeholderData: keepPreviousData });
  const found = context.data;
  return (
    <Box component="section" aria-label={`${AROUND_ROWS} rows around`}>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', justifyContent: 'space-between', columnGap: 3 }}>
        <Typography variant="h2" sx={{ fontSize: 14 }}>
          Before and after
        </Typography>
        <FormControlLabel
          control={<Switch size="small" checked={isSameSender} onChange={(_, isOn) => setIsSameSender(isOn)} />}
          label="of its sender only"
          slotProps={{ typography: { variant: 'body2' } }}
        />
      </Box>
      {context.error === null ? null : <ErrorNotice error={context.error} />}
      {found === undefined ? (
        context.isPending ? (
          <Waiting what="Asking for the rows around" />
        ) : null
      ) : (
        <>
          <Box
            component="ol"
            sx={{ m: 0, p: 0, listStyle: 'none', border: 1, borderColor: 'divider', borderRadius: 1, overflow: 'hidden' }}
          >
            {[...found.before, found.row, ...found.after].map((each) => (
              <Line key={each.id} row={each} clock={clock} isThis={each.id === row.id} onChoose={onChoose} />
            ))}
          </Box>
          <Typography variant="body2" sx={{ mt: 1, color: 'text.secondary' }}>
            {counted(found.before.length, 'row')} before, {counted(found.after.length, 'row')} after, of engine{' '}
            {String(row.values['engine'] ?? '')}.
          </Typography>
        </>
      )}
    </Box>
  );
}

interface LineProps {
  row: LogRow;
  clock: Clock;
  isThis: boolean;
  onChoose: ((row: LogRow) => void) | undefined;
}

function Line({ row, clock, isThis, onChoose }: LineProps) {
  const content = (
    <>
      <Box component="span" sx={{ display: 'flex', gap: 3, color: 'text.secondary' }}>
        <span>{clock.at(row.receivedAt).slice(11)}</span>
        <Severity code={severityOf(row.values['severity'])} />
        {isThis ? <span>this row</span> : null}
      </Box>
      <Box
        component="span"
        sx={{ display: 'block', overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap', maxWidth: '100%' }}
      >
        {visibleText(cut(lineOf(row), MOST_CHARACTERS).text)}
      </Box>
    </>
  );
  const look = {
    display: 'block',
    width: '100%',
    px: 2,
    py: 1,
    textAlign: 'left',
    fontFamily: fonts.lines,
    fontSize: 12,
    lineHeight: '18px',
  } as const;
  return (
    <Box
      component="li"
      aria-current={isThis ? 'true' : undefined}
      sx={{ '& + &': { borderTop: 1, borderColor: 'divider' }, ...(isThis ? { bgcolor: 'action.selected' } : {}) }}
    >
      {isThis || onChoose === undefined ? (
        <Box sx={look}>{content}</Box>
      ) : (
        <ButtonBase onClick={() => onChoose(row)} sx={{ ...look, '&:hover': { bgcolor: 'action.hover' } }}>
          {content}
        </ButtonBase>
      )}
    </Box>
  );
}
