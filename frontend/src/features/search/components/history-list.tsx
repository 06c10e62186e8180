import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import ButtonBase from '@mui/material/ButtonBase';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';

import { ErrorNotice } from '@/components/ui/notice';
import { Waiting } from '@/components/ui/waiting';
import { useZone } from '@/hooks/use-zone';
import type { SearchState } from '@/lib/search-address';
import { momentWords } from '@/lib/zone';

import { useClearHistory } from '../api/clear-history';
import { historyQuery } from '../api/get-history';
import { searchOfSaved, withoutRepeats } from '../saved-query';
import { SearchWords } from './search-words';

/** One's last searches; a click asks one again. */
export function HistoryList({ onOpen }: { onOpen: (search: SearchState) => void }) {
  const zone = useZone() ?? 'UTC';
  const past = useQuery(historyQuery);
  const clear = useClearHistory();
  if (past.data === undefined) {
    return past.error === null ? <Waiting what="Asking for your last searches" /> : <ErrorNotice error={past.error} />;
  }
  const searches = withoutRepeats(past.data);
  return (
    <Box component="section" aria-label="Your last searches" sx={{ display: 'grid', gap: 3, minWidth: 0 }}>
      {clear.error === null ? null : <ErrorNotice error={clear.error} />}
      {searches.length === 0 ? (
        <Typography variant="body2" sx={{ color: 'text.secondary' }}>
          You have not searched yet.
        </Typography>
      ) : (
        <Box sx={{ display: 'flex', gap: 2, alignItems: 'center', justifyContent: 'space-between' }}>
          <Typography variant="body2" sx={{ color: 'text.secondary' }}>
            Only you see these. The audit keeps searches as well.
          </Typography>
          <Button size="small" color="inherit" loading={clear.isPending} sx={{ flex: 'none' }} onClick={() => clear.mutate()}>
            Forget them
          </Button>
        </Box>
      )}
      <Box component="ul" sx={{ m: 0, p: 0, listStyle: 'none' }}>
        {searches.map((each) => {
          const search = searchOfSaved(each);
          return (
            <Box component="li" key={each.id} sx={{ borderBottom: 1, borderColor: 'divider' }}>
              <ButtonBase
                onClick={() => onOpen(search)}
                sx={{ display: 'block', width: '100%', py: 2, px: 1, textAlign: 'left', font: 'inherit', '&:hover': { bgcolor: 'action.hover' } }}
              >
                <SearchWords search={search} />
                <Typography component="span" variant="body2" sx={{ display: 'block', color: 'text.secondary' }}>
                  {momentWords(each.at / 1_000, zone)}
                </Typography>
              </ButtonBase>
            </Box>
          );
        })}
      </Box>
    </Box>
  );
}
