// Samples for charts: what is kept of them, and the stretch that a chart shows.
import type { Sample } from './types';

/** How many seconds and minutes are kept: as many as the server has. */
const most = { seconds: 300, minutes: 1440 } as const;
export type Span = keyof typeof most;

export interface History { seconds: readonly Sample[]; minutes: readonly Sample[] }

export const noHistory: History = { seconds: [], minutes: [] };

/** Adds what is new. What comes twice is kept once; a server that was started again begins anew. */
export function merge(kept: History, news: History, started?: string): History {
  const add = (span: Span) => {
    const since = started ? kept[span].filter((sample) => sample.at >= started) : kept[span];
    const last = since.at(-1)?.at ?? '';
    return [...since, ...news[span].filter((sample) => sample.at > last)].slice(-most[span]);
  };
  return { seconds: add('seconds'), minutes: add('minutes') };
}

/** From which sample on the server should tell. */
export function since(kept: History): string | undefined {
  return kept.seconds.at(-1)?.at;
}

/**
 * The columns of a chart: times in seconds since 1970, and a row of values for each line. Where samples are missing there
 * is a gap, so that a night without Vidicon is not a straight line.
 */
export function columns(samples: readonly Sample[], span: Span, lines: readonly ((sample: Sample) => number)[]): (number | null)[][] {
  const step = span === 'seconds' ? 1 : 60;
  const times: number[] = [];
  const values: (number | null)[][] = lines.map(() => []);
  for (const sample of samples) {
    const at = Date.parse(sample.at) / 1000;
    const before = times.at(-1);
    if (Number.isNaN(at) || (before !== undefined && at <= before)) continue;
    if (before !== undefined && at - before > step * 4) {
      times.push(before + step);
      values.forEach((row) => row.push(null));
    }
    times.push(at);
    lines.forEach((line, i) => values[i]?.push(line(sample)));
  }
  return [times, ...values];
}

/** The highest value of a line. */
export function peak(samples: readonly Sample[], line: (sample: Sample) => number): number {
  return samples.reduce((most, sample) => Math.max(most, line(sample)), 0);
}

/** The mean of a line. */
export function mean(samples: readonly Sample[], line: (sample: Sample) => number): number {
  return samples.length ? samples.reduce((sum, sample) => sum + line(sample), 0) / samples.length : 0;
}

/** So many means in place of all values, for lines so small that only their course can be seen. */
export function smooth(values: readonly number[], count: number): number[] {
  if (values.length <= count) return [...values];
  return Array.from({ length: count }, (_, i) => {
    const part = values.slice(Math.floor((i * values.length) / count), Math.floor(((i + 1) * values.length) / count));
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
}
