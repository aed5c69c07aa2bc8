import { describe, expect, it } from 'vitest';
import { hitRate, latency, percent, program, rate, sparkline } from './figures';

it('latencies have the unit that suits them', () => {
  expect([870, 4200, 42_000, 1_300_000].map((us) => latency(us, 'en'))).toEqual(['870 μs', '4.2 ms', '42 ms', '1.3 sec']);
});
it('shares are per cent, small ones with a digit more', () => {
  expect([0, 42, 420, 1000].map((n) => percent(n, 'en'))).toEqual(['0%', '4.2%', '42%', '100%']);
});
it('rates have no more digits than anybody reads', () => {
  expect([0.44, 12.6, 1240].map((n) => rate(n, 'en'))).toEqual(['0.4', '13', '1,240']);
});
it('a cache that nobody asked has no hit rate', () => {
  expect(hitRate(0, 0)).toBeUndefined();
  expect(hitRate(3, 1)).toBe(750);
});
describe('programs', () => {
  it.each([
    ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36', 'Chromium 156'],
    ['Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15', 'Safari 26'],
    ['VLC/3.0.24 LibVLC/3.0.24', 'VLC 3.0.24'], ['Lavf/61.7.100', 'ffmpeg 61.7.100'], ['mpv 0.40.0', 'mpv 0.40.0'], ['SomeTV/2 x', 'SomeTV'], ['', ''],
  ])('%s', (agent, name) => expect(program(agent)).toBe(name));
});
it('a spark line keeps within its box', () => {
  expect(sparkline([0, 5, 10], 20, 10)).toBe('M0.0 9.0L10.0 5.0L20.0 1.0');
  expect(sparkline([1], 20, 10)).toBe('');
  expect(sparkline([0, 0], 20, 10)).toBe('M0.0 9.0L20.0 9.0');
});
