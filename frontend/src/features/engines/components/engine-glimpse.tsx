import { EngineState } from '@/components/ui/engine-state';
import { Panel } from '@/components/ui/panel';
import type { EngineGlimpse } from '@/types/shapes';

import { ClientTable } from './client-table';

/** What somebody sees of an engine who sees only some of its clients. */
export function EngineGlimpseView({ engine }: { engine: EngineGlimpse }) {
  return (
    <>
      <EngineState state={engine.state} />
      <Panel title="Your clients" aside="You see these clients only, and nothing else of this engine.">
        <ClientTable clients={engine.clients} />
      </Panel>
    </>
  );
}
