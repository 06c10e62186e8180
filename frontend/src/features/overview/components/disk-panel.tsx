import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { Icon, type IconName } from '@/components/ui/icon';
import { ErrorNotice } from '@/components/ui/notice';
import { Panel } from '@/components/ui/panel';
import { Waiting } from '@/components/ui/waiting';
import { bytes } from '@/lib/format';
import type { Forecast } from '@/types/shapes';

import { forecastQuery } from '../api/get-forecast';
import { hostQuery } from '../api/get-host';
import { aheadOf, biggest, bytesADay, diskOf, guessWords, storedBytes, type Ahead, type Disk } from '../disk';
import { hostWords } from '../host-words';
import { ScrollBox } from './scroll-box';

const SHOWN_SENDERS = 5;

/** How full the disk is, when it will be, because of whom. With a scope there is no disk, only one's own engines. */
export function DiskPanel({ isScoped, height }: { isScoped: boolean; height: number }) {
  const { data, error } = useQuery(forecastQuery);
  return (
    <Panel title="Disk" aside={data === undefined ? '' : `${bytes(bytesADay(data))} a day`}>
      <ScrollBox label="Disk" height={height}>
        {error === null ? null : (
          <Box sx={{ p: 3 }}>
            <ErrorNotice error={error} />
          </Box>
        )}
        {data === undefined ? error === null ? <Waiting what="Asking for the forecast" /> : null : <Told forecast={data} isScoped={isScoped} />}
      </ScrollBox>
    </Panel>
  );
}

function Told({ forecast, isScoped }: { forecast: Forecast; isScoped: boolean }) {
  const disk = diskOf(forecast);
  const guess = guessWords(forecast);
  const senders = biggest(forecast, SHOWN_SENDERS);
  return (
    <Box sx={{ p: 4, display: 'grid', gap: 3 }}>
      {disk === null ? <Typography>{`${bytes(storedBytes(forecast))} are stored.`}</Typography> : <Bar disk={disk} />}
      {disk === null ? null : <Coming ahead={aheadOf(forecast)} />}
      {guess === null ? null : <Small>{guess}</Small>}
      {senders.length === 0 ? null : (
        <Box>
          <Small>Biggest senders</Small>
          <Box component="ol" sx={{ m: 0, p: 0, listStyle: 'none' }}>
            {senders.map((each) => (
              <Box key={each.name} component="li" sx={{ display: 'flex', gap: 2, justifyContent: 'space-between', lineHeight: '24px' }}>
                <Box component="span" sx={{ minWidth: 0, overflowWrap: 'anywhere' }}>
                  {each.name}
                </Box>
                <Box component="span" sx={{ whiteSpace: 'nowrap', color: 'text.secondary' }}>
                  {each.words}
                </Box>
              </Box>
            ))}
          </Box>
        </Box>
      )}
      {isScoped ? null : <Machine />}
    </Box>
  );
}

function Bar({ disk }: { disk: Disk }) {
  const { totalBytes, usedBytes, oursBytes, percent } = disk;
  return (
    <Box>
      <Box sx={{ display: 'flex', height: 12, borderRadius: '3px', overflow: 'hidden', bgcolor: 'action.hover', mb: 1 }} aria-hidden="true">
        <Box style={{ width: `${(100 * oursBytes) / totalBytes}%` }} sx={{ bgcolor: 'primary.main' }} />
        <Box style={{ width: `${(100 * (usedBytes - oursBytes)) / totalBytes}%` }} sx={{ bgcolor: 'text.secondary', opacity: 0.5 }} />
      </Box>
      <Typography>
        {`${percent.toFixed(0)} % of ${bytes(totalBytes)} used; ${bytes(oursBytes)} by stored days, ${bytes(totalBytes - usedBytes)} free.`}
      </Typography>
    </Box>
  );
}

const LOOKS: Record<Ahead['kind'], { icon: IconName; colour: string }> = {
  good: { icon: 'check', colour: 'success.main' },
  warning: { icon: 'warning', colour: 'warning.main' },
  bad: { icon: 'bad', colour: 'error.main' },
};

function Coming({ ahead }: { ahead: Ahead }) {
  const look = LOOKS[ahead.kind];
  return (
    <Box sx={{ display: 'flex', gap: 2, alignItems: 'start' }}>
      <Box component="span" sx={{ color: look.colour, pt: '2px' }}>
        <Icon name={look.icon} size={16} />
      </Box>
      <span>{ahead.words}</span>
    </Box>
  );
}

function Machine() {
  const { data } = useQuery(hostQuery);
  return <Small>{data === undefined ? '' : hostWords(data)}</Small>;
}

function Small({ children }: { children: ReactNode }) {
  return (
    <Typography variant="body2" component="p" sx={{ color: 'text.secondary', overflowWrap: 'anywhere' }}>
      {children}
    </Typography>
  );
}
