import Link from '@mui/material/Link';
import { Link as RouterLink } from 'react-router';

import { Panel } from '@/components/ui/panel';
import type { Client } from '@/types/shapes';

import { ClientTable } from './client-table';

interface Props {
  name: string;
  clients: readonly Client[];
}

/** Who may send to the engine; they are changed on the page of clients. */
export function ClientsPanel({ name, clients }: Props) {
  return (
    <Panel
      title="Allowed senders"
      aside={
        <Link component={RouterLink} to={`/clients?engine=${encodeURIComponent(name)}`}>
          Change them
        </Link>
      }
    >
      <ClientTable clients={clients} />
    </Panel>
  );
}
