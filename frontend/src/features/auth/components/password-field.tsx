import IconButton from '@mui/material/IconButton';
import InputAdornment from '@mui/material/InputAdornment';
import TextField from '@mui/material/TextField';
import { useState } from 'react';

import { Icon } from '@/components/ui/icon';

interface Props {
  value: string;
  onChange: (value: string) => void;
  autoComplete: 'current-password' | 'new-password';
  error?: string | undefined;
}

export function PasswordField({ value, onChange, autoComplete, error }: Props) {
  const [isShown, setIsShown] = useState(false);
  return (
    <TextField
      label="Password"
      type={isShown ? 'text' : 'password'}
      name="password"
      autoComplete={autoComplete}
      required
      value={value}
      onChange={(event) => onChange(event.target.value)}
      error={error !== undefined}
      helperText={error}
      slotProps={{
        htmlInput: { maxLength: 256, spellCheck: false },
        inputLabel: { required: false },
        input: {
          endAdornment: (
            <InputAdornment position="end">
              <IconButton
                edge="end"
                size="small"
                aria-label="Show the password"
                aria-pressed={isShown}
                color={isShown ? 'primary' : 'default'}
                onClick={() => setIsShown(!isShown)}
              >
                <Icon name="eye" />
              </IconButton>
            </InputAdornment>
          ),
        },
      }}
    />
  );
}
