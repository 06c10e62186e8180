import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import Popover from '@mui/material/Popover';
import Typography from '@mui/material/Typography';
import { Fragment, useId, useState } from 'react';

import { Icon } from '@/components/ui/icon';
import { fonts } from '@/config/tokens';

/** From docs/query.md, what is needed most. */
const EXAMPLES: readonly (readonly [query: string, finds: string])[] = [
  ['login', 'lines with this word, not “logins”'],
  ['"login failed"', 'these two words, one behind the other'],
  ['sender:10.1.2.3', 'what this device has sent'],
  ['severity:>=warning', 'warnings and everything worse'],
  ['-severity:debug', 'everything but debug'],
  ['pppoe:abc*', 'the field begins with abc'],
  ['pppoe:*abc*', 'abc is somewhere in the field'],
  ['destination_ip:10.0.0.0/8', 'addresses of this network'],
  ['destination_port:1000..2000', 'numbers from and to; also >=1024'],
  ['destination_port:(22 23 3389)', 'one of these'],
  ['user:"Anna Maria"', 'a value with blanks goes in quotes'],
  ['pppoe:*', 'the field has a value; with a minus: none'],
  ['(login OR logout) -debug', 'one of both, but without debug'],
  ['/log(in|out) failed/', 'a regular expression'],
];

/** A small help beside the bar; an example that is chosen goes into it. */
export function SyntaxHelp({ onTry }: { onTry: (example: string) => void }) {
  const id = useId();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  return (
    <>
      <IconButton
        size="small"
        aria-label="How queries are written"
        aria-haspopup="dialog"
        aria-expanded={anchor !== null}
        sx={{ alignSelf: 'start', mt: '4px' }}
        onClick={(event) => setAnchor(event.currentTarget)}
      >
        <Icon name="help" size={16} />
      </IconButton>
      <Popover
        open={anchor !== null}
        anchorEl={anchor}
        onClose={() => setAnchor(null)}
        anchorOrigin={{ vertical: 'bottom', horizontal: 'right' }}
        transformOrigin={{ vertical: 'top', horizontal: 'right' }}
        slotProps={{ paper: { role: 'dialog', 'aria-labelledby': id, sx: { p: 4, width: 560, border: 1, borderColor: 'divider' } } }}
      >
        <Typography variant="h2" id={id} sx={{ mb: 2 }}>
          How queries are written
        </Typography>
        <Box component="dl" sx={{ m: 0, display: 'grid', gridTemplateColumns: { xs: '1fr', sm: 'auto 1fr' }, columnGap: 4, rowGap: '2px', alignItems: 'center' }}>
          {EXAMPLES.map(([query, finds]) => (
            <Fragment key={query}>
              <Box component="dt">
                <Button
                  size="small"
                  sx={{ justifyContent: 'start', px: 2, py: '2px', fontFamily: fonts.lines, fontSize: 13, fontWeight: 400, textAlign: 'left' }}
                  onClick={() => {
                    setAnchor(null);
                    onTry(query);
                  }}
                >
                  {query}
                </Button>
              </Box>
              <Typography component="dd" variant="body2" sx={{ m: 0, pl: { xs: 2, sm: 0 }, color: 'text.secondary' }}>
                {finds}
              </Typography>
            </Fragment>
          ))}
        </Box>
        <Typography variant="body2" sx={{ mt: 3, color: 'text.secondary' }}>
          Conditions side by side must all hold. Enter runs the query, Shift+Enter begins a line. The time stands beside
          the query.
        </Typography>
      </Popover>
    </>
  );
}
