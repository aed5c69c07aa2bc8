// Short names for what administrators are told.
import type { components } from '../api/schema';
import type { Scan, ScanNews } from '../api/types';

type Schemas = components['schemas'];

export type Window = Schemas['Window'];
export type Sample = Schemas['Sample'];
export type Status = Schemas['Status'];
export type Readiness = Schemas['Readiness'];
export type LogLine = Schemas['LogLine'];
export type LoadStatus = Schemas['LoadStatus'];
export type LoadMode = Schemas['Mode'];
export type WatchedRoot = Schemas['WatchedRoot'];
export type SessionItem = Schemas['SessionItem'];
export type ImportReport = Schemas['Import'];

/** As GET /scan tells it, or as the event does. */
export type ScanState = Scan | ScanNews;
