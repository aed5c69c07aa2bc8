import { describe, expect, it } from 'vitest';
import { columns, mean, merge, noHistory, peak, since, smooth } from './history';
import type { Sample } from './types';

const sample = (second: number, requests = second): Sample => ({
  at: new Date(1_700_000_000_000 + second * 1000).toISOString(), requests_per_second: requests, failed: 0, bytes_per_second: 0, p95_us: 0,
  cpu_process_permille: 0, cpu_machine_permille: 0, memory_resident: 0, streams: 0, connections: 0,
});
const seconds = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => sample(from + i));
const told = (list: Sample[]) => ({ seconds: list, minutes: [] });

describe('what is kept', () => {
  it('grows by what is new, each sample once', () => {
    const kept = merge(merge(noHistory, told(seconds(0, 5))), told(seconds(3, 8)));
    expect(kept.seconds.map((s) => s.requests_per_second)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(since(kept)).toBe(sample(7).at);
    expect(since(noHistory)).toBeUndefined();
  });
  it('is five minutes', () => {
    const kept = merge(merge(noHistory, told(seconds(0, 300))), told(seconds(300, 310)));
    expect([kept.seconds.length, kept.seconds[0]?.requests_per_second]).toEqual([300, 10]);
  });
  it('begins anew with the server', () => {
    const kept = merge(merge(noHistory, told(seconds(0, 5))), told(seconds(10, 12)), sample(9).at);
    expect(kept.seconds.map((s) => s.requests_per_second)).toEqual([10, 11]);
  });
});

describe('a chart', () => {
  it('has a row of values for each line', () => {
    const [times, requests, doubled] = columns(seconds(0, 3), 'seconds', [(s) => s.requests_per_second, (s) => s.requests_per_second * 2]);
    expect(times).toEqual([1_700_000_000, 1_700_000_001, 1_700_000_002]);
    expect([requests, doubled]).toEqual([[0, 1, 2], [0, 2, 4]]);
  });
  it('has a gap where nothing was measured', () => {
    const [times, requests] = columns([sample(0), sample(1), sample(60)], 'seconds', [(s) => s.requests_per_second]);
    expect(times?.length).toBe(4);
    expect(requests).toEqual([0, 1, null, 60]);
  });
  it('leaves out what goes backwards', () => {
    expect(columns([sample(5), sample(4)], 'seconds', [])[0]).toHaveLength(1);
  });
});

it('a message is drawn from all samples', () => {
  expect(peak(seconds(0, 5), (s) => s.requests_per_second)).toBe(4);
  expect(mean(seconds(0, 5), (s) => s.requests_per_second)).toBe(2);
  expect(mean([], (s) => s.requests_per_second)).toBe(0);
});
it('a small line shows the course of many values', () => {
  expect(smooth([1, 3, 5, 7, 9, 11], 3)).toEqual([2, 6, 10]);
  expect(smooth([1, 2], 3)).toEqual([1, 2]);
});
