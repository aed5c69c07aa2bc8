// What was watched, by day.
import type { Played } from './api/types';

export interface Day { /** The local day, `2026-11-21`. */ day: string; plays: Played[] }

/**
 * The plays of each day, in their order. What was gone on with on the same day, with nothing else between, is one: the
 * newest of them, with the furthest place.
 */
export function days(plays: readonly Played[]): Day[] {
  const all: Day[] = [];
  for (const play of plays) {
    const day = localDay(new Date(play.started));
    let last = all.at(-1);
    if (last?.day !== day) {
      last = { day, plays: [] };
      all.push(last);
    }
    const before = last.plays.at(-1);
    if (before?.video.id === play.video.id) {
      last.plays[last.plays.length - 1] = { ...before, position: Math.max(before.position, play.position) };
    } else last.plays.push(play);
  }
  return all;
}

/** Days between two local days; 1 is yesterday. Summer time makes no day longer. */
export function daysAgo(day: string, now: Date): number {
  return Math.round((Date.parse(`${localDay(now)}T00:00:00Z`) - Date.parse(`${day}T00:00:00Z`)) / 86_400_000);
}

/** The day of a moment where the reader is. */
export function localDay(at: Date): string {
  if (Number.isNaN(at.getTime())) return '';
  const two = (n: number) => String(n).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}
