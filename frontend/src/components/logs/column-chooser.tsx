import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import FormControlLabel from '@mui/material/FormControlLabel';
import IconButton from '@mui/material/IconButton';
import Popover from '@mui/material/Popover';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useEffect, useRef, useState } from 'react';

import { Icon } from '@/components/ui/icon';
import { columnsOf, FIRST_COLUMNS, LINE, movedBy, namesOf, SEVERITY, TIME, without, type LogColumn } from '@/lib/log-columns';

interface Props {
  /** Every field there is. */
  fields: readonly string[];
  columns: readonly LogColumn[];
  onChange: (columns: LogColumn[]) => void;
}

const ALWAYS = [TIME, SEVERITY, LINE];

/** Which columns, and in what order: drawing headings does the latter, too. */
export function ColumnChooser({ fields, columns, onChange }: Props) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  return (
    <>
      <Button
        size="small"
        color="inherit"
        aria-haspopup="dialog"
        aria-expanded={anchor !== null}
        startIcon={<Icon name="settings" size={16} />}
        onClick={(event) => setAnchor(event.currentTarget)}
      >
        Columns
      </Button>
      <Popover
        open={anchor !== null}
        anchorEl={anchor}
        onClose={() => setAnchor(null)}
        anchorOrigin={{ vertical: 'bottom', horizontal: 'right' }}
        transformOrigin={{ vertical: 'top', horizontal: 'right' }}
        disableScrollLock
        slotProps={{
          paper: {
            role: 'dialog',
            'aria-label': 'Columns',
            sx: { width: 320, maxWidth: '94vw', border: 1, borderColor: 'divider', p: 3, display: 'grid', gap: 2 },
          },
        }}
      >
        <Chooser fields={fields} columns={columns} onChange={onChange} />
      </Popover>
    </>
  );
}

function Chooser({ fields, columns, onChange }: Props) {
  const [wanted, setWanted] = useState('');
  const chosen = namesOf(columns);
  const text = wanted.trim().toLowerCase();
  const others = [...new Set([...ALWAYS, ...[...fields].sort((one, other) => one.localeCompare(other))])].filter(
    (name) => !chosen.includes(name),
  );
  const fits = (name: string) => name.toLowerCase().includes(text);
  const [lists, follow] = useFocusFollows(columns);
  return (
    <>
      <TextField
        label="Find a field"
        value={wanted}
        onChange={(event) => setWanted(event.target.value)}
        slotProps={{ htmlInput: { spellCheck: false, autoCapitalize: 'none' } }}
      />
      <Box ref={lists} sx={{ maxHeight: '50vh', overflowY: 'auto', display: 'grid', gap: 2 }}>
        <Box component="fieldset" sx={{ m: 0, p: 0, border: 0, minWidth: 0 }}>
          <Legend>Shown, in this order</Legend>
          {columns.filter(({ name }) => fits(name)).map(({ name }) => (
            <Box key={name} sx={{ display: 'flex', alignItems: 'center' }}>
              <Choice
                name={name}
                isChosen
                isFixed={columns.length === 1}
                onChange={() => {
                  follow(name);
                  onChange(without(columns, name));
                }}
              />
              <Move name={name} words="up" isPossible={chosen.indexOf(name) > 0} onClick={() => onChange(movedBy(columns, name, -1))} />
              <Move
                name={name}
                words="down"
                isPossible={chosen.indexOf(name) < chosen.length - 1}
                onClick={() => onChange(movedBy(columns, name, 1))}
              />
            </Box>
          ))}
        </Box>
        <Box component="fieldset" sx={{ m: 0, p: 0, border: 0, minWidth: 0 }}>
          <Legend>More</Legend>
          {others.filter(fits).map((name) => (
            <Choice
              key={name}
              name={name}
              isChosen={false}
              isFixed={false}
              onChange={() => {
                follow(name);
                onChange(columnsOf(withNew(chosen, name), columns));
              }}
            />
          ))}
          {others.some(fits) ? null : (
            <Typography variant="body2" sx={{ color: 'text.secondary' }}>
              {text === '' ? 'All fields are shown.' : 'No other field is called so.'}
            </Typography>
          )}
        </Box>
      </Box>
      <Button size="small" onClick={() => onChange(columnsOf(FIRST_COLUMNS))} sx={{ justifySelf: 'start' }}>
        As at first
      </Button>
    </>
  );
}

/** A box that goes to the other list takes the focus along, which else would be nowhere. */
function useFocusFollows(columns: readonly LogColumn[]) {
  const lists = useRef<HTMLDivElement>(null);
  const moved = useRef<string | null>(null);
  useEffect(() => {
    const boxes = lists.current?.querySelectorAll<HTMLInputElement>('input[type=checkbox]') ?? [];
    [...boxes].find((box) => box.value === moved.current)?.focus();
    moved.current = null;
  }, [columns]);
  const follow = (name: string) => {
    moved.current = name;
  };
  return [lists, follow] as const;
}

/** The line stays the last one: it has what is left. */
export function withNew(chosen: readonly string[], name: string): string[] {
  return chosen.at(-1) === LINE ? [...chosen.slice(0, -1), name, LINE] : [...chosen, name];
}

function Legend({ children }: { children: string }) {
  return (
    <Typography component="legend" variant="body2" sx={{ color: 'text.secondary', p: 0 }}>
      {children}
    </Typography>
  );
}

interface ChoiceProps {
  name: string;
  isChosen: boolean;
  isFixed: boolean;
  onChange: () => void;
}

function Choice({ name, isChosen, isFixed, onChange }: ChoiceProps) {
  return (
    <FormControlLabel
      control={<Checkbox size="small" value={name} checked={isChosen} disabled={isFixed} onChange={onChange} sx={{ p: 1 }} />}
      label={name}
      slotProps={{ typography: { variant: 'body2' } }}
      sx={{ m: 0, flex: 1, minWidth: 0, overflowWrap: 'anywhere', display: 'flex' }}
    />
  );
}

function Move({ name, words, isPossible, onClick }: { name: string; words: 'up' | 'down'; isPossible: boolean; onClick: () => void }) {
  return (
    <IconButton size="small" disabled={!isPossible} aria-label={`Move ${name} ${words}`} onClick={onClick} sx={{ p: '5px' }}>
      <Box component="span" sx={{ display: 'inline-flex', ...(words === 'up' ? { transform: 'rotate(180deg)' } : {}) }}>
        <Icon name="down" size={16} />
      </Box>
    </IconButton>
  );
}
