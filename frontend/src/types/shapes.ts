/** Short names for the API's shapes; the long ones are generated. */
import type { components } from './api';

type Schemas = components['schemas'];

export type Me = Schemas['Me'];
export type Door = Schemas['Door'];
export type SetupBody = Schemas['SetupBody'];
export type LoginBody = Schemas['LoginBody'];
export type ErrorBody = Schemas['ErrorBody'];
export type Engine = Schemas['EngineBody'];
export type EngineGlimpse = Schemas['GlimpseBody'];
export type EngineStatus = Schemas['StatusBody'];
export type Ledger = Schemas['LedgerBody'];
export type Totals = Schemas['TotalsBody'];
export type About = Schemas['AboutBody'];

/** What somebody sees of an engine: the whole of it, or of some of its clients only. */
export type EngineSeen = EngineStatus | EngineGlimpse;
export type EngineListed = Engine | EngineGlimpse;
