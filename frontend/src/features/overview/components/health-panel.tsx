import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';

import { CopyButton } from '@/components/ui/copy-button';
import { Icon, type IconName } from '@/components/ui/icon';
import { ErrorNotice, Notice, sentence } from '@/components/ui/notice';
import { Panel } from '@/components/ui/panel';
import { Waiting } from '@/components/ui/waiting';
import { fonts } from '@/config/tokens';
import type { Finding, Health } from '@/types/shapes';

import { fixOf, healthLine } from '../health-words';
import { ScrollBox } from './scroll-box';

interface Props {
  health: Health | undefined;
  error: Error | null;
  height: number;
}

/** What should be looked at, the worst first, each with what to do. */
export function HealthPanel({ health, error, height }: Props) {
  return (
    <Box id="health" sx={{ display: 'grid', minWidth: 0, scrollMarginTop: 64 }}>
      <Panel title="Health" aside={health === undefined || health.worst === null ? '' : healthLine(health).words}>
        <ScrollBox label="Findings" height={height}>
          {error === null ? null : (
            <Box sx={{ p: 3 }}>
              <ErrorNotice error={error} />
            </Box>
          )}
          {health === undefined ? (
            error === null ? <Waiting what="Looking" /> : null
          ) : health.findings.length === 0 ? (
            <Box sx={{ p: 3 }}>
              <Notice kind="good" title="Nothing needs attention.">
                Engines, receive buffers, parked fields, clients, stored days, the disk and the clock were looked at.
              </Notice>
            </Box>
          ) : (
            <Box component="ul" sx={{ m: 0, p: 0, listStyle: 'none' }}>
              {health.findings.map((finding, place) => (
                <Found key={`${finding.code} ${finding.engine} ${place}`} finding={finding} />
              ))}
            </Box>
          )}
        </ScrollBox>
      </Panel>
    </Box>
  );
}

const LOOKS: Record<Finding['severity'], { icon: IconName; colour: string }> = {
  error: { icon: 'bad', colour: 'error.main' },
  warning: { icon: 'warning', colour: 'warning.main' },
  notice: { icon: 'waiting', colour: 'text.secondary' },
};

function Found({ finding }: { finding: Finding }) {
  const look = LOOKS[finding.severity];
  return (
    <Box component="li" sx={{ display: 'flex', gap: 2, px: 4, py: 2, borderBottom: 1, borderColor: 'divider' }}>
      <Box component="span" sx={{ color: look.colour, pt: '1px' }}>
        <Icon name={look.icon} size={16} />
      </Box>
      <Box sx={{ minWidth: 0, overflowWrap: 'anywhere' }}>
        <Typography variant="body2">
          <Box component="span" sx={{ color: look.colour, fontWeight: 600 }}>
            {finding.severity}
          </Box>{' '}
          {sentence(finding.message)}
        </Typography>
        <Fix fix={finding.fix} />
      </Box>
    </Box>
  );
}

function Fix({ fix }: { fix: string }) {
  const { command, rest } = fixOf(fix);
  return (
    <Typography variant="body2" component="div" sx={{ color: 'text.secondary' }}>
      {command === null ? null : (
        <>
          <Box component="code" sx={{ fontFamily: fonts.lines, color: 'text.primary' }}>
            {command}
          </Box>
          <CopyButton text={command} label="the command" />
        </>
      )}
      {command === null ? sentence(rest) : rest}
    </Typography>
  );
}
