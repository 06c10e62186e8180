import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';

import { fonts } from '@/config/tokens';
import { useZone } from '@/hooks/use-zone';
import type { SearchState } from '@/lib/search-address';
import { rangeWords } from '@/lib/time-range';
import { visibleText } from '@/lib/visible-text';

/** A search in two lines: its text, and where it looks. */
export function SearchWords({ search }: { search: SearchState }) {
  const zone = useZone() ?? 'UTC';
  const parts = [
    rangeWords(search.range, zone),
    search.order === 'oldest' ? 'the oldest first' : null,
    ...search.engines.map((engine) => `engine ${engine}`),
    ...search.classes.map((name) => `class ${name}`),
  ];
  return (
    <Box sx={{ minWidth: 0 }}>
      <Box component="code" sx={{ display: 'block', fontFamily: fonts.lines, fontSize: 13, overflowWrap: 'anywhere' }}>
        {search.q === '' ? 'every row' : visibleText(search.q)}
      </Box>
      <Typography component="span" variant="body2" sx={{ color: 'text.secondary' }}>
        {parts.filter((part) => part !== null).join(' · ')}
      </Typography>
    </Box>
  );
}
