import Typography from '@mui/material/Typography';

import { DataTable, type DataColumn } from '@/components/ui/data-table';
import { bytes, count, counted, rate } from '@/lib/format';
import type { Client } from '@/types/shapes';

import { useNow } from '@/hooks/use-now';
import { busiest, lastSeenInWords } from '../client-words';

const EVERY_5_S = 5_000;
const MOST_PX = 360;

/** Who may send, and who does. */
export function ClientTable({ clients }: { clients: readonly Client[] }) {
  const now = useNow(EVERY_5_S);
  const columns: DataColumn<Client>[] = [
    { key: 'name', title: 'Name', isHeading: true, sort: ({ name }) => name, cell: ({ name }) => name },
    {
      key: 'address',
      title: 'Range',
      from: 'md',
      sort: ({ address }) => address,
      cell: ({ name, address }) => (address === name ? '' : address),
    },
    {
      key: 'seen',
      title: 'Last seen',
      isDescending: true,
      sort: ({ last_seen: seen }) => seen ?? null,
      cell: ({ last_seen: seen }) => lastSeenInWords(seen, now),
    },
    {
      key: 'rate',
      title: 'Rate',
      align: 'right',
      isDescending: true,
      sort: ({ per_second: perSecond }) => perSecond ?? null,
      cell: ({ per_second: perSecond }) => (perSecond == null ? '–' : rate(perSecond)),
    },
    {
      key: 'received',
      title: 'Messages',
      align: 'right',
      isDescending: true,
      sort: ({ received }) => received ?? null,
      cell: ({ received }) => (received == null ? '–' : count(received)),
    },
    {
      key: 'bytes',
      title: 'Size',
      align: 'right',
      from: 'sm',
      isDescending: true,
      sort: (client) => client.bytes ?? null,
      cell: (client) => (client.bytes == null ? '–' : bytes(client.bytes)),
    },
  ];
  const { shown, others } = busiest(clients);
  return (
    <>
      <DataTable
        caption="Allowed senders"
        columns={columns}
        rows={shown}
        rowKey={({ name }) => name}
        maxHeight={MOST_PX}
        empty="Nobody may send to it."
      />
      {others === 0 ? null : (
        <Typography variant="body2" sx={{ px: 4, py: 2, color: 'text.secondary' }}>
          The busiest {count(shown.length)}; {counted(others, 'other')} on the page of clients.
        </Typography>
      )}
    </>
  );
}
