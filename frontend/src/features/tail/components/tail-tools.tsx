import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';

import { ColumnChooser } from '@/components/logs/column-chooser';
import { Icon } from '@/components/ui/icon';
import { count } from '@/lib/format';
import type { Connection } from '@/lib/live-socket';
import type { LogColumn } from '@/lib/log-columns';
import type { LogRow } from '@/lib/log-row';

import type { Look } from '../stored-look';
import { MOST_CHOICES } from '../tail-address';
import type { TailState } from '../tail-feed';
import { doingOf, partsOf } from '../words';
import { MoreMenu } from './more-menu';

interface Props {
  state: TailState;
  connection: Connection;
  most: number;
  onMost: (most: number) => void;
  isFollowing: boolean;
  /** The query cannot be read. */
  isWrong: boolean;
  onPause: () => void;
  onClear: () => void;
  look: Look;
  onLook: (look: Look) => void;
  columns: readonly LogColumn[];
  onColumns: (columns: LogColumn[]) => void;
  searchPath: string;
}

/** Where things stand depends on the window alone: what they say must not move the rows below. */
export function TailTools(props: Props) {
  const { state, isFollowing } = props;
  return (
    <Box
      sx={{
        display: 'flex',
        flexWrap: { xs: 'wrap', lg: 'nowrap' },
        alignItems: 'center',
        columnGap: 4,
        rowGap: 2,
        px: { xs: 2, sm: 4 },
        py: 2,
      }}
    >
      <Typography variant="h1" sx={{ fontSize: 16, flex: 'none' }}>
        Live tail
      </Typography>
      <Counts {...props} />
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 1, flex: 'none' }}>
        <Button
          size="small"
          variant="outlined"
          color="inherit"
          startIcon={<Icon name={isFollowing ? 'pause' : 'play'} size={16} />}
          onClick={props.onPause}
          sx={{ borderColor: 'divider', width: 88, height: 34, px: 1 }}
        >
          {isFollowing ? 'Pause' : 'Go on'}
        </Button>
        <TextField
          select
          label="At most"
          value={String(props.most)}
          onChange={(event) => props.onMost(Number(event.target.value))}
          sx={{ width: { xs: 96, sm: 112 }, '& .MuiSelect-select': { py: '5px' } }}
        >
          {MOST_CHOICES.map((each) => (
            <MenuItem key={each} value={String(each)}>
              {count(each)}/s
            </MenuItem>
          ))}
        </TextField>
        {/* A card has no columns. */}
        <Box sx={{ display: { xs: 'none', sm: 'contents' } }}>
          <ColumnChooser fields={fieldsIn(state.rows)} columns={props.columns} onChange={props.onColumns} />
        </Box>
        <MoreMenu look={props.look} onLook={props.onLook} onClear={props.onClear} searchPath={props.searchPath} />
      </Box>
    </Box>
  );
}

/** What it does, and what it leaves out. */
function Counts({ state, connection, most, isFollowing, isWrong }: Props) {
  const doing = doingOf(connection, state.phase, !isFollowing, isWrong);
  return (
    <Box
      role="group"
      aria-label="What the live tail does"
      sx={{
        flex: { xs: '1 0 100%', lg: '1 1 0' },
        order: { xs: 1, lg: 0 },
        minWidth: 0,
        display: 'grid',
        gridTemplateColumns: { xs: '1fr 1.4fr 1fr', sm: '120px 130px 90px 120px 1fr' },
        columnGap: 3,
        alignItems: 'center',
        fontSize: { xs: 12, sm: 13 },
        '& > span': { overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' },
      }}
    >
      <Box
        component="span"
        role="status"
        sx={{
          display: 'inline-flex',
          alignItems: 'center',
          gap: 1,
          color: doing.icon === 'dot' ? 'success.main' : doing.icon === 'bad' ? 'error.main' : 'warning.main',
        }}
      >
        <Icon name={doing.icon} size={16} filled={doing.icon === 'dot'} />
        {doing.words}
      </Box>
      {partsOf(state, most).map((part) => (
        <Box key={part.name} component="span" title={part.more} sx={{ color: part.isWarning ? 'warning.main' : 'text.secondary' }}>
          {part.words}
        </Box>
      ))}
    </Box>
  );
}

const LOOKED_AT = 50;

/** The fields of the newest rows. */
function fieldsIn(rows: readonly LogRow[]): string[] {
  return [...new Set(rows.slice(-LOOKED_AT).flatMap((row) => Object.keys(row.values)))];
}
