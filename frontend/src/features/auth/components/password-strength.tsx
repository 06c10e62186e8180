import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';

import { strengthOf } from '../strength';

const COLOURS = ['error.main', 'warning.main', 'success.main', 'success.main'] as const;

/** Three bars and the word for them. */
export function PasswordStrength({ password, name }: { password: string; name: string }) {
  const { level, words } = strengthOf(password, name);
  return (
    <Box sx={{ display: 'flex', alignItems: 'center', gap: 3, minHeight: 20 }}>
      <Box aria-hidden="true" sx={{ display: 'flex', gap: 1 }}>
        {[1, 2, 3].map((each) => (
          <Box
            key={each}
            sx={{ width: 28, height: 4, borderRadius: 1, bgcolor: each <= level ? COLOURS[level] : 'divider' }}
          />
        ))}
      </Box>
      <Typography variant="body2" role="status" sx={{ color: 'text.secondary' }}>
        {password === '' ? 'At least 10 characters' : words}
      </Typography>
    </Box>
  );
}
