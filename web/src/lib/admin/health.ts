// How it is doing, in words: what is not as it should be, the worst first. Texts by their keys.
import type { Key, Params } from '../i18n/index.svelte';
import type { Readiness, ScanState, Status, WatchedRoot } from './types';

export type Weight = 'bad' | 'warn' | 'note';

export interface Finding {
  weight: Weight;
  /** A text of ours; or what the server says, in its own words. */
  key?: Key;
  params?: Params;
  what?: string;
  mend?: string;
  href?: string;
}

/** Less free than this share of a disk is worth a word; so is less than this many bytes. */
const little = 0.05;
const least = 2e9;

export interface Known { status?: Status | undefined; readiness?: Readiness | undefined; scan?: ScanState | undefined; watcher?: readonly WatchedRoot[] | undefined; passwordSet?: boolean | undefined; bytes: (n: number) => string }

export function findings(known: Known): Finding[] {
  const found: Finding[] = [];
  for (const condition of known.readiness?.conditions ?? []) {
    found.push({ weight: condition.state === 'unavailable' ? 'bad' : 'warn', what: condition.what, mend: condition.mend });
  }
  for (const disk of known.status?.disks ?? []) {
    if (disk.problem) found.push({ weight: 'bad', key: 'admin.health.diskGone', params: { path: disk.path, why: disk.problem } });
    // A media folder is only read: that it is full is nobody's trouble.
    else if (disk.purpose === 'data' && disk.available != null && (disk.available < least || disk.available < little * (disk.total ?? Infinity) && disk.available < 10 * least)) {
      found.push({ weight: disk.available < least / 4 ? 'bad' : 'warn', key: 'admin.health.diskFull', params: { path: disk.path, free: known.bytes(disk.available) } });
    }
  }
  const minute = known.status?.requests;
  if (minute && minute.failed > 0) found.push({ weight: 'warn', key: 'admin.health.failed', params: { n: minute.failed }, href: '/admin/logs' });
  const { machine_total: total, machine_available: free } = known.status?.memory ?? {};
  if (total && free != null && free < total * 0.05) found.push({ weight: 'warn', key: 'admin.health.memory', params: { free: known.bytes(free) } });
  if (known.scan?.error) found.push({ weight: 'warn', key: 'admin.health.scan', params: { why: known.scan.error }, href: '/admin/jobs' });
  for (const root of known.watcher ?? []) {
    if (root.mode === 'missing') found.push({ weight: 'bad', key: 'admin.health.missing', params: { root: root.root }, href: '/admin/jobs' });
    else if (root.mode !== 'notified') found.push({ weight: 'note', key: 'admin.health.polled', params: { root: root.root }, href: '/admin/jobs' });
  }
  if (known.passwordSet === false) found.push({ weight: 'note', key: 'admin.health.password', href: '/admin/access' });
  const order: Weight[] = ['bad', 'warn', 'note'];
  return found.sort((a, b) => order.indexOf(a.weight) - order.indexOf(b.weight));
}

/** The worst of them. */
export function verdict(found: readonly Finding[]): 'well' | 'warn' | 'bad' {
  return found.some((one) => one.weight === 'bad') ? 'bad' : found.some((one) => one.weight === 'warn') ? 'warn' : 'well';
}
