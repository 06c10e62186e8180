import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Drawer from '@mui/material/Drawer';
import IconButton from '@mui/material/IconButton';
import Typography from '@mui/material/Typography';
import type { Theme } from '@mui/material/styles';
import useMediaQuery from '@mui/material/useMediaQuery';
import { useId, useRef, useState, type ReactNode } from 'react';

import { CopyButton } from '@/components/ui/copy-button';
import { Icon, type IconName } from '@/components/ui/icon';
import { Severity } from '@/components/ui/severity';
import { fonts } from '@/config/tokens';
import { useHotkey } from '@/hooks/use-hotkey';
import { useZone } from '@/hooks/use-zone';
import { copyText } from '@/lib/copy-text';
import { lineOf } from '@/lib/line-of';
import { LINE } from '@/lib/log-columns';
import type { Cell, FilterHow, LogRow } from '@/lib/log-row';
import { rowCommand } from '@/lib/query-command';
import { jsonOf } from '@/lib/row-fields';
import { searchLink } from '@/lib/search-address';
import { severityOf } from '@/lib/severity';
import { visibleText } from '@/lib/visible-text';
import { clockOf } from '@/lib/zone-time';

import { RowContext } from './row-context';
import { RowFields } from './row-fields';

interface Props {
  row: LogRow;
  /** Names that come first, as the rows beside it have them. */
  columns?: readonly string[];
  onClose: () => void;
  onFilter: (field: string, value: Cell, how: FilterHow) => void;
  /** Another row was chosen among the rows around. */
  onContext?: (row: LogRow) => void;
  /** The path of this row's page for others (`searchLink`); the row alone where it is left out. */
  link?: string;
  /** The same question for a terminal (`queryCommand`); of the row alone where it is left out. */
  command?: string;
  children?: ReactNode;
}

const WIDTH_PX = 420;

/** One row in full: beside the rows, or on a phone above them. */
export function RowPanel(props: Props) {
  const isPhone = useMediaQuery((theme: Theme) => theme.breakpoints.down('sm'));
  const id = useId();
  const panel = useRef<HTMLElement>(null);
  const close = () => {
    const isInside = panel.current?.contains(document.activeElement) === true;
    props.onClose();
    // The focus goes back to where the row was chosen.
    if (isInside) document.querySelector<HTMLElement>('[role="grid"]')?.focus({ preventScroll: true });
  };
  useHotkey('Escape', close);
  if (isPhone) {
    return (
      <Drawer
        anchor="bottom"
        open
        onClose={close}
        slotProps={{ paper: { 'aria-labelledby': id, sx: { maxHeight: '86dvh', borderTopLeftRadius: 12, borderTopRightRadius: 12 } } }}
      >
        <Content {...props} onClose={close} id={id} />
      </Drawer>
    );
  }
  return (
    <Box
      component="aside"
      ref={panel}
      aria-labelledby={id}
      sx={{
        flex: 'none',
        width: WIDTH_PX,
        maxWidth: '50%',
        minHeight: 0,
        overflowY: 'auto',
        borderLeft: 1,
        borderColor: 'divider',
        bgcolor: 'background.paper',
      }}
    >
      <Content {...props} onClose={close} id={id} />
    </Box>
  );
}

function Content({ row, columns = [], onClose, onFilter, onContext, link, command, children, id }: Props & { id: string }) {
  const clock = clockOf(useZone() ?? 'UTC');
  const line = lineOf(row);
  const address = `${window.location.origin}${link ?? searchLink({ row: row.id })}`;
  return (
    <>
      <Box
        sx={{
          position: 'sticky',
          top: 0,
          zIndex: 1,
          display: 'flex',
          alignItems: 'center',
          gap: 3,
          px: 3,
          py: 1,
          bgcolor: 'background.paper',
          borderBottom: 1,
          borderColor: 'divider',
        }}
      >
        <Typography variant="h2" id={id} sx={{ fontSize: 14, minWidth: 0 }}>
          {clock.at(row.receivedAt)} <Box component="span" sx={{ fontWeight: 400, color: 'text.secondary' }}>{clock.zone}</Box>
        </Typography>
        <Severity code={severityOf(row.values['severity'])} />
        <IconButton size="small" aria-label="Close the row" onClick={onClose} sx={{ ml: 'auto' }}>
          <Icon name="close" />
        </IconButton>
      </Box>
      <Box sx={{ display: 'grid', gap: 4, p: 3, gridTemplateColumns: 'minmax(0, 1fr)' }}>
        <OriginalLine line={line} isOriginal={row.values[LINE] != null} />
        <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 2 }}>
          <CopyAct icon="link" words="Copy link" text={address} />
          <CopyAct icon="copy" words="Copy as JSON" text={jsonOf(row)} />
          <CopyAct icon="play" words="Copy as command" text={command ?? rowCommand(row.id)} />
        </Box>
        {children}
        <RowFields row={row} columns={columns} onFilter={onFilter} />
        <RowContext row={row} clock={clock} onChoose={onContext} />
      </Box>
    </>
  );
}

function OriginalLine({ line, isOriginal }: { line: string; isOriginal: boolean }) {
  return (
    <Box component="section" aria-label={isOriginal ? 'Original line' : 'Line'}>
      <Box sx={{ display: 'flex', alignItems: 'center', justifyContent: 'space-between' }}>
        <Typography variant="h2" sx={{ fontSize: 14 }}>
          {isOriginal ? 'Original line' : 'Its fields in a line; this engine keeps no originals'}
        </Typography>
        <CopyButton text={line} label="the line" />
      </Box>
      <Box
        component="pre"
        sx={{
          m: 0,
          p: 2,
          border: 1,
          borderColor: 'divider',
          borderRadius: 1,
          bgcolor: 'background.default',
          fontFamily: fonts.lines,
          fontSize: 12.5,
          lineHeight: '20px',
          whiteSpace: 'pre-wrap',
          overflowWrap: 'anywhere',
        }}
      >
        {visibleText(line)}
      </Box>
    </Box>
  );
}

type Outcome = 'none' | 'done' | 'failed';
const SAID: Record<Outcome, string> = { none: '', done: 'Copied', failed: 'Not copied' };

function CopyAct({ icon, words, text }: { icon: IconName; words: string; text: string }) {
  // Of another text it is not said any more.
  const [outcome, setOutcome] = useState<{ of: string; is: Outcome }>({ of: '', is: 'none' });
  const said = outcome.of === text ? SAID[outcome.is] : '';
  return (
    <Button
      size="small"
      variant="outlined"
      color="inherit"
      startIcon={<Icon name={said === SAID.done ? 'check' : icon} size={16} />}
      onClick={() => void copyText(text).then((isCopied) => setOutcome({ of: text, is: isCopied ? 'done' : 'failed' }))}
      sx={{ borderColor: 'divider', fontWeight: 400 }}
    >
      <span role="status">{said === '' ? words : said}</span>
    </Button>
  );
}
