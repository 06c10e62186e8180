import Box from '@mui/material/Box';
import Link from '@mui/material/Link';

import { Icon, type IconName } from '@/components/ui/icon';
import { sentence } from '@/components/ui/notice';
import type { Health } from '@/types/shapes';

import { healthLine, type HealthLine } from '../health-words';

const LOOKS: Record<HealthLine['kind'], { icon: IconName; colour: string }> = {
  good: { icon: 'check', colour: 'success.main' },
  notice: { icon: 'waiting', colour: 'text.secondary' },
  warning: { icon: 'warning', colour: 'warning.main' },
  error: { icon: 'bad', colour: 'error.main' },
};

const HEIGHT_PX = 24;

/** Is everything all right? One line, always as high, whatever it says. */
export function Attention({ health, isKnown }: { health: Health | undefined; isKnown: boolean }) {
  const line = health === undefined || !isKnown ? null : healthLine(health);
  const worst = health?.findings[0];
  return (
    <Box role="status" sx={{ minHeight: HEIGHT_PX, display: 'flex', alignItems: 'center', gap: 2, minWidth: 0 }}>
      {line === null ? (
        <Box component="span" sx={{ color: 'text.secondary' }}>
          {isKnown ? 'Looking whether something needs attention' : 'Whether something needs attention is not known now.'}
        </Box>
      ) : (
        <>
          <Box component="span" sx={{ display: 'inline-flex', color: LOOKS[line.kind].colour }}>
            <Icon name={LOOKS[line.kind].icon} />
          </Box>
          {worst === undefined ? (
            <span>{line.words}</span>
          ) : (
            <Box component="span" sx={{ minWidth: 0, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>
              <Link href="#health" color="inherit" sx={{ fontWeight: 600 }}>
                {line.words}
              </Link>
              {`: ${sentence(worst.message)}`}
            </Box>
          )}
        </>
      )}
    </Box>
  );
}
