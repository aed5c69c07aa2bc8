// Chapters on the seek bar: stretches that tile the whole video.
import type { Chapter } from '../api/types';

/** A stretch of the seek bar, in seconds, half-open. Without a title: what lies before the first chapter. */
export interface Stretch { start: number; end: number; title: string }

/** The most marks that can be told apart. */
const most = 200;

/**
 * The chapters of a video as stretches from its beginning to its end, each ending where the next one begins. No
 * stretches where there is nothing to tell apart.
 */
export function stretches(chapters: readonly Chapter[], duration: number): Stretch[] {
  if (!(duration > 0)) return [];
  const starts = new Map<number, string>();
  for (const chapter of [...chapters].sort((a, b) => a.start - b.start)) {
    if (Number.isFinite(chapter.start) && chapter.start >= 0 && chapter.start < duration && !starts.has(chapter.start)) {
      starts.set(chapter.start, chapter.title.trim());
    }
  }
  const begins = [...starts].slice(0, most);
  if (begins[0]?.[0] !== 0 && begins.length) begins.unshift([0, '']);
  if (begins.length < 2) return [];
  return begins.map(([start, title], i) => ({ start, end: begins[i + 1]?.[0] ?? duration, title }));
}

/** The stretch of a moment. */
export function stretchAt(all: readonly Stretch[], seconds: number): Stretch | undefined {
  return all.findLast((stretch) => stretch.start <= seconds);
}

/** Where the chapter before or behind a moment begins. Within its first seconds, "before" is the one before that. */
export function neighbour(all: readonly Stretch[], seconds: number, way: -1 | 1): number | undefined {
  if (way > 0) return all.find((stretch) => stretch.start > seconds + 0.05)?.start;
  return all.findLast((stretch) => stretch.start < seconds - 3)?.start ?? (all.length ? 0 : undefined);
}

/** How much of a stretch is over, 0 to 1. */
export function filled(stretch: Stretch, seconds: number): number {
  const length = stretch.end - stretch.start;
  return length > 0 ? Math.min(1, Math.max(0, (seconds - stretch.start) / length)) : 0;
}
