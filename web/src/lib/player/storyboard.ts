// The storyboard: WebVTT whose cues name parts of pictures (`sheet.jpg#xywh=0,90,160,90`), as the
// Media Fragments recommendation writes them (section 4.2.2).

/** What is shown for a stretch of time. */
export interface Tile {
  /** Seconds, half-open. */
  start: number;
  end: number;
  /** The sheet. */
  url: string;
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The most cues that are kept: a picture a second for a day. */
const most = 90_000;

/** The tiles in the order of their times. Cues that make no sense are left out. `base`: where the file is. */
export function parseStoryboard(text: string, base: string): Tile[] {
  const tiles: Tile[] = [];
  for (const block of text.replace(/\r\n?/g, '\n').split(/\n{2,}/)) {
    if (tiles.length >= most) break;
    const lines = block.split('\n');
    const at = lines.findIndex((line) => line.includes('-->'));
    const target = lines[at + 1];
    if (at < 0 || !target) continue;
    const [from = '', to = ''] = (lines[at] ?? '').split('-->');
    const start = timestamp(from.trim());
    const end = timestamp(to.trim().split(/\s/)[0] ?? '');
    const [address = '', fragment = ''] = target.trim().split('#');
    const part = /(?:^|&)xywh=(?:pixel:)?(\d{1,5}),(\d{1,5}),(\d{1,5}),(\d{1,5})(?:&|$)/.exec(fragment);
    if (start === undefined || end === undefined || end <= start || !part) continue;
    const url = resolved(address, base);
    const [x, y, width, height] = part.slice(1).map(Number) as [number, number, number, number];
    if (url && width && height) tiles.push({ start, end, url, x, y, width, height });
  }
  return tiles.sort((a, b) => a.start - b.start);
}

/** The tile of a moment; before the first and after the last one it is the nearest. */
export function tileAt(tiles: readonly Tile[], seconds: number): Tile | undefined {
  let low = 0;
  let high = tiles.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((tiles[middle] as Tile).start <= seconds) low = middle;
    else high = middle - 1;
  }
  return tiles[low];
}

/** Seconds of `00:01:02.345` or `01:02.345`. */
export function timestamp(text: string): number | undefined {
  const parts = /^(?:(\d{2,4}):)?([0-5]\d):([0-5]\d)\.(\d{3})$/.exec(text);
  if (!parts) return undefined;
  return Number(parts[1] ?? 0) * 3600 + Number(parts[2]) * 60 + Number(parts[3]) + Number(parts[4]) / 1000;
}

/** Only pictures of our own server are loaded. */
function resolved(address: string, base: string): string | undefined {
  try {
    const url = new URL(address, base);
    return url.origin === new URL(base).origin ? url.href : undefined;
  } catch {
    return undefined;
  }
}
