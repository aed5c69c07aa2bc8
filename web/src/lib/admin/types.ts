// What /api/v1/admin tells.

/** Latencies are microseconds from the head of a request to the head of its answer. */
export interface Window {
  seconds: number; requests: number; failed: number; bytes: number; requests_per_second: number; bytes_per_second: number;
  p50_us: number; p95_us: number; p99_us: number; max_us: number;
}
export interface RouteStatus { route: string; last_minute: Window; last_5_minutes: Window; last_hour: Window }
export interface Stream {
  address: string; agent: string; what: string; route: string; since: string; last: string; requests: number; open: number;
  bytes: number; bytes_per_second: number;
}
export interface Disk { purpose: string; path: string; total?: number; available?: number; problem?: string }
export interface Cache { name: string; entries: number; hits: number; misses: number }
export interface Fault { at: string; status?: number; reason: string; method: string; path: string; address: string }
export interface Sample {
  at: string; requests_per_second: number; failed: number; bytes_per_second: number; p95_us: number; cpu_process_permille: number;
  cpu_machine_permille: number; memory_resident: number; streams: number; connections: number;
}
export interface Status {
  at: string; started: string; version: string; connections: number; requests: Window; routes: RouteStatus[]; streams: Stream[];
  cpu: { cores: number; process_permille: number; machine_permille?: number };
  memory: { resident?: number; machine_total?: number; machine_available?: number };
  disks: Disk[]; caches: Cache[]; troubles: Fault[]; history: { seconds: Sample[]; minutes: Sample[] };
}
export interface Condition { state: 'ready' | 'degraded' | 'unavailable'; what: string; mend: string }
export interface Readiness { status: Condition['state']; conditions: Condition[] }

export interface LogLine { number: number; at: string; level: string; target: string; message: string; fields: { name: string; value: string }[] }
export interface LogPage { items: LogLine[]; next: number; lost: boolean }

export interface Latency { p50_us: number; p95_us: number; p99_us: number; max_us: number }
export interface LoadReport {
  target: string; mode: string; connections: number; duration_ms: number; requests: number; errors: number; bytes: number;
  requests_per_second: number; bytes_per_second: number; whole: Latency;
  kinds: { kind: string; requests: number; errors: number; bytes: number; requests_per_second: number; first: Latency; whole: Latency }[];
  failures: { what: string; count: number }[];
}
export interface LoadStatus {
  running?: { elapsed_ms: number; of_ms: number; requests: number; errors: number; bytes: number };
  report?: LoadReport; error?: string;
}

export interface Job {
  id: number; kind: string; state: 'waiting' | 'running' | 'done' | 'failed' | 'stopped'; subject?: string | null; done: number;
  total?: number | null; note?: string | null; error?: string | null; created?: string; started?: string | null; ended?: string | null;
}
/** As `GET /scan` and the event `scan` tell it; the event has its times in milliseconds. */
export interface ScanState {
  state: string; seen: number; expected: number; read: number; since?: string; since_ms?: number; took?: number; took_ms?: number | null;
  error?: string | null;
}
export interface WatchedRoot { root: string; mode: 'notified' | 'polled' | 'missing' | (string & {}); reason?: string | null }

export interface SessionItem { id: string; role: string; created: string; used: string; ends: string; address: string; agent: string; current: boolean }

export interface ImportReport {
  folder: string; files: string[]; known: boolean; matched: number;
  /** How many videos got each. */
  ratings: number; views: number; tags: number; favourites: number;
  unmatched: { name: string; reason: string }[]; unmatched_count: number; malformed: { file: string; entry?: string; reason: string }[];
}
