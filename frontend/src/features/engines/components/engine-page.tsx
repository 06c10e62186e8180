import Link from '@mui/material/Link';
import { Link as RouterLink, useNavigate, useParams } from 'react-router';

import { ErrorNotice, Notice } from '@/components/ui/notice';
import { Page } from '@/components/ui/page';
import { Waiting } from '@/components/ui/waiting';
import { ApiError } from '@/lib/api-error';

import { useEngine } from '../hooks/use-engine';
import { EngineGlimpseView } from './engine-glimpse';
import { EngineWhole } from './engine-whole';

/** One engine: how it is, what it does, and what can be done to it. */
export function EnginePage() {
  const { name = '' } = useParams();
  return <OneEngine key={name} name={name} />;
}

function OneEngine({ name }: { name: string }) {
  const { engine, error, isPending, at } = useEngine(name);
  const navigate = useNavigate();
  const isGone = error instanceof ApiError && error.status === 404;
  return (
    <Page title={name}>
      <Link component={RouterLink} to="/engines" sx={{ mt: -3, alignSelf: 'start' }}>
        All engines
      </Link>
      {error === null || isGone ? null : <ErrorNotice error={error} />}
      {isGone ? (
        <Notice kind="info" title={`There is no engine ${name} here.`} announced>
          It may have been deleted, or you may not see it.
        </Notice>
      ) : null}
      {isPending ? <Waiting what="Asking for the engine" /> : null}
      {engine === undefined || isGone ? null : engine.whole ? (
        <EngineWhole
          engine={engine}
          at={at}
          onDeleted={({ deleted, job }) => void navigate('/engines', { state: { deleted: { name: deleted, job } } })}
        />
      ) : (
        <EngineGlimpseView engine={engine} />
      )}
    </Page>
  );
}
