import Box from '@mui/material/Box';
import FormControlLabel from '@mui/material/FormControlLabel';
import FormHelperText from '@mui/material/FormHelperText';
import Switch from '@mui/material/Switch';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useId, useState, type ReactNode } from 'react';

interface TextProps {
  label: string;
  /** The API's name of the setting. */
  name: string;
  value: string;
  onChange: (value: string) => void;
  problem?: string | undefined;
  /** What it means, or what a change of it would. */
  help?: ReactNode;
  isDisabled?: boolean;
  lines?: number;
  placeholder?: string;
  isNumber?: boolean;
}

export function TextSetting({ label, name, value, onChange, problem, help, isDisabled, lines, placeholder, isNumber }: TextProps) {
  return (
    <TextField
      label={label}
      name={name}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      error={problem !== undefined}
      helperText={problem ?? help}
      disabled={isDisabled ?? false}
      autoComplete="off"
      sx={READABLE}
      {...(lines === undefined ? {} : { multiline: true, minRows: lines, maxRows: 10 })}
      {...(placeholder === undefined ? {} : { placeholder })}
      slotProps={{
        htmlInput: { autoCapitalize: 'none', spellCheck: false, ...(isNumber === true ? { inputMode: 'numeric' } : {}) },
        // A helper may hold two sentences: it is a block of its own.
        formHelperText: { component: 'div' },
      }}
    />
  );
}

/** What cannot be changed can still be read. */
export const READABLE = {
  '& .MuiFormHelperText-root.Mui-disabled, & .MuiFormLabel-root.Mui-disabled': { color: 'text.secondary' },
  '& .MuiInputBase-input.Mui-disabled': { WebkitTextFillColor: 'currentColor', color: 'text.secondary' },
};

interface SwitchProps {
  label: string;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
  help?: ReactNode;
  problem?: string | undefined;
}

export function SwitchSetting({ label, isOn, onChange, help, problem }: SwitchProps) {
  const id = useId();
  const words = problem ?? help;
  return (
    <Box>
      <FormControlLabel
        control={
          <Switch
            size="small"
            checked={isOn}
            onChange={(event) => onChange(event.target.checked)}
            slotProps={{ input: { 'aria-describedby': id } }}
          />
        }
        label={label}
        sx={{ minHeight: 32, ml: -1 }}
      />
      <FormHelperText id={id} component="div" error={problem !== undefined} sx={{ mx: 3, mt: 0 }}>
        {words}
      </FormHelperText>
    </Box>
  );
}

interface GroupProps {
  title: string;
  /** What is in it, while it is folded. */
  words: string;
  /** Something in it is wrong: it does not stay folded. */
  hasProblem: boolean;
  children: ReactNode;
}

/** Settings that are rarely changed, folded until somebody looks for them. */
export function FoldedSettings({ title, words, hasProblem, children }: GroupProps) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <Box
      component="details"
      open={isOpen || hasProblem}
      onToggle={(event) => setIsOpen(event.currentTarget.open)}
      sx={{ border: 1, borderColor: 'divider', borderRadius: 1 }}
    >
      <Box component="summary" sx={{ px: 3, py: 2, cursor: 'pointer', borderRadius: 1 }}>
        <Box component="span" sx={{ fontWeight: 600 }}>
          {title}
        </Box>
        <Typography component="span" variant="body2" sx={{ color: 'text.secondary', ml: 2 }}>
          {words}
        </Typography>
      </Box>
      <Box sx={{ display: 'grid', gap: 4, p: 3, pt: 2 }}>{children}</Box>
    </Box>
  );
}
