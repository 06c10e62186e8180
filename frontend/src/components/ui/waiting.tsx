import Box from '@mui/material/Box';
import CircularProgress from '@mui/material/CircularProgress';

/** Says that something is on its way. Nothing that is there may jump because of it. */
export function Waiting({ what }: { what: string }) {
  return (
    <Box
      role="status"
      sx={{ display: 'flex', gap: 3, alignItems: 'center', p: 6, color: 'text.secondary', justifyContent: 'center' }}
    >
      <CircularProgress size={18} color="inherit" aria-hidden="true" />
      {what}
    </Box>
  );
}
