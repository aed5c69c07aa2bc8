import { expect, it } from 'vitest';
import { findings, verdict } from './health';
import type { Status } from './types';

const bytes = (n: number) => `${n} B`;
const status = (more: Partial<Status>) => ({ disks: [], requests: { failed: 0 }, memory: {}, ...more }) as unknown as Status;

it('all is well when nothing is wrong', () => {
  const found = findings({ status: status({}), readiness: { status: 'ready', conditions: [] }, watcher: [{ root: '/a', mode: 'notified' }], passwordSet: true, bytes });
  expect(found).toEqual([]);
  expect(verdict(found)).toBe('well');
});
it('the worst comes first', () => {
  const found = findings({ watcher: [{ root: '/nas', mode: 'polled' }, { root: '/usb', mode: 'missing' }], passwordSet: false, bytes });
  expect(found.map((one) => one.key)).toEqual(['admin.health.missing', 'admin.health.polled', 'admin.health.password']);
  expect(verdict(found)).toBe('bad');
});
it('a media disk may be full, the data disk may not', () => {
  const disk = (purpose: string) => findings({ status: status({ disks: [{ purpose, path: '/d', total: 1e12, available: 1e9 }] }), bytes });
  expect(disk('media')).toEqual([]);
  expect(disk('data').map((one) => one.weight)).toEqual(['warn']);
});
it('what the server says itself is told in its own words', () => {
  const [one] = findings({ readiness: { status: 'degraded', conditions: [{ state: 'degraded', what: 'a', mend: 'b' }] }, bytes });
  expect(one).toEqual({ weight: 'warn', what: 'a', mend: 'b' });
});
it('notes alone are no reason to worry', () => {
  expect(verdict(findings({ passwordSet: false, bytes }))).toBe('well');
});
