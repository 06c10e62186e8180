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
export type LedgerHistory = Schemas['api__routers__ledger__HistoryBody'];
export type LedgerSeries = Schemas['LedgerSeries'];
export type Forecast = Schemas['ForecastBody'];
export type Host = Schemas['HostBody'];
export type Health = Schemas['HealthBody'];
export type Finding = Schemas['Finding'];
export type StoredDays = Schemas['DaysBody'];
export type Client = Schemas['ClientBody'];
export type ClientAsked = Schemas['ClientAsked'];
export type UnknownSender = Schemas['UnknownBody'];
export type IgnoredSenders = Schemas['IgnoredBody'];
export type EventsPage = Schemas['EventsBody'];
export type EngineEvent = Schemas['EventBody'];
export type EngineSettings = Schemas['SettingsBody'];
export type EngineProcess = Schemas['ProcessBody'];
export type EngineField = Schemas['FieldBody'];
export type EngineBuffer = Schemas['BufferBody'];
export type EngineRing = Schemas['RingBody'];
export type EngineEffects = Schemas['EffectsBody'];
export type EngineAsked = Schemas['EngineAsked'];
export type EngineChanges = Schemas['ChangesAsked'];
export type EngineCreated = Schemas['CreatedBody'];
export type EngineDeleted = Schemas['DeletedBody'];
export type TestedLine = Schemas['TestedBody'];
export type Job = Schemas['JobBody'];
export type LogClass = Schemas['ClassBody'];
export type PausedEngine = Schemas['PausedBody'];
export type StoppedEngine = Schemas['StoppedBody'];
export type EnginePartition = Schemas['PartitionBody'];
export type Histogram = Schemas['HistogramBody'];
export type FacetsFound = Schemas['FacetsBody'];
export type Facet = Schemas['FacetBody'];
export type Counted = Schemas['CountBody'];
export type Searched = Schemas['SearchedBody'];
export type Export = Schemas['ExportBody'];
export type ExportAsked = Schemas['ExportAsked'];
export type ExportManifest = Schemas['ManifestBody'];
export type StoredDay = Schemas['DayBody'];

export type LogFields = Schemas['FieldsBody'];
export type ValuesFound = Schemas['ValuesBody'];
export type ParsedQuery = Schemas['ParsedBody'];
export type SavedSearch = Schemas['SearchBody'];
export type PastSearch = Schemas['api__routers__saved__HistoryBody'];
export type RowsFound = Schemas['RowsBody'];
