import Box from '@mui/material/Box';

/** The mark: three lines, as in a log. */
export function Mark({ size = 24 }: { size?: number }) {
  return (
    <Box
      component="svg"
      aria-hidden="true"
      viewBox="0 0 24 24"
      sx={{ width: size, height: size, flex: 'none', color: 'primary.main' }}
    >
      <rect width="24" height="24" rx="5" fill="currentColor" />
      <Box
        component="path"
        d="M5.5 7.5h13M5.5 12h8M5.5 16.5h11"
        sx={{ stroke: (theme) => theme.palette.primary.contrastText, strokeWidth: 2, strokeLinecap: 'round' }}
      />
    </Box>
  );
}
