// The keys of the player: those that people know from YouTube, the media keys of keyboards, and remotes.

/** What a key does. */
export type Command =
  | { do: 'toggle' } | { do: 'play' } | { do: 'pause' } | { do: 'by'; seconds: number } | { do: 'share'; share: number }
  | { do: 'volume'; by: number } | { do: 'mute' } | { do: 'fullscreen' } | { do: 'captions' } | { do: 'miniature' }
  | { do: 'theatre' } | { do: 'speed'; by: 1 | -1 } | { do: 'next' } | { do: 'previous' } | { do: 'frame'; by: 1 | -1 }
  | { do: 'chapter'; by: 1 | -1 } | { do: 'help' } | { do: 'why' } | { do: 'controls' };

/** A key as the browser tells it. */
export interface Pressed { key: string; shiftKey: boolean; ctrlKey: boolean; altKey: boolean; metaKey: boolean }

/** Speeds, the slowest first. */
export const speeds = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 3] as const;

const plain: Record<string, Command> = {
  ' ': { do: 'toggle' }, k: { do: 'toggle' }, MediaPlayPause: { do: 'toggle' }, MediaPlay: { do: 'play' }, Play: { do: 'play' },
  MediaPause: { do: 'pause' }, Pause: { do: 'pause' }, MediaStop: { do: 'pause' },
  j: { do: 'by', seconds: -10 }, l: { do: 'by', seconds: 10 }, ArrowLeft: { do: 'by', seconds: -5 }, ArrowRight: { do: 'by', seconds: 5 },
  MediaRewind: { do: 'by', seconds: -30 }, MediaFastForward: { do: 'by', seconds: 30 },
  Home: { do: 'share', share: 0 }, End: { do: 'share', share: 1 },
  ArrowUp: { do: 'volume', by: 0.05 }, ArrowDown: { do: 'volume', by: -0.05 }, m: { do: 'mute' },
  f: { do: 'fullscreen' }, c: { do: 'captions' }, Subtitle: { do: 'captions' }, ClosedCaptionToggle: { do: 'captions' },
  i: { do: 'miniature' }, t: { do: 'theatre' },
  '>': { do: 'speed', by: 1 }, '<': { do: 'speed', by: -1 }, '.': { do: 'frame', by: 1 }, ',': { do: 'frame', by: -1 },
  n: { do: 'next' }, p: { do: 'previous' }, MediaTrackNext: { do: 'next' }, MediaTrackPrevious: { do: 'previous' },
  '?': { do: 'help' }, Info: { do: 'why' }, Enter: { do: 'controls' }, Select: { do: 'controls' }, Accept: { do: 'controls' },
};

/** What a key means on the player; undefined for keys that mean nothing there. */
export function command(pressed: Pressed): Command | undefined {
  const { key } = pressed;
  if (pressed.metaKey || pressed.altKey) return undefined;
  if (pressed.ctrlKey) {
    if (key === 'ArrowLeft') return { do: 'chapter', by: -1 };
    return key === 'ArrowRight' ? { do: 'chapter', by: 1 } : undefined;
  }
  if (/^\d$/.test(key)) return { do: 'share', share: Number(key) / 10 };
  const known = Object.hasOwn(plain, key) ? plain[key] : undefined;
  if (known) return known;
  // Capitals by the shift key or by caps lock; only next and previous want either, as elsewhere.
  const small = key.length === 1 ? key.toLowerCase() : key;
  return small !== key && Object.hasOwn(plain, small) ? plain[small] : undefined;
}

/** The speed one step up or down from a speed, also from one that is none of ours. */
export function nextSpeed(now: number, by: 1 | -1): number {
  const other = by > 0 ? speeds.find((speed) => speed > now + 0.001) : speeds.findLast((speed) => speed < now - 0.001);
  return other ?? now;
}

/** The keys as the sheet of shortcuts lists them, with the name of each text. */
export const sheet = [
  ['watch.keys.playing', [
    [['Space', 'k'], 'watch.keys.toggle'], [['j', 'l'], 'watch.keys.ten'], [['←', '→'], 'watch.keys.five'],
    [['0', '…', '9'], 'watch.keys.share'], [['Ctrl', '←', '→'], 'watch.keys.chapter'], [[',', '.'], 'watch.keys.frame'],
    [['<', '>'], 'watch.keys.speed'], [['n', 'p'], 'watch.keys.next'],
  ]],
  ['watch.keys.looking', [
    [['f'], 'watch.keys.fullscreen'], [['t'], 'watch.keys.theatre'], [['i'], 'watch.keys.miniature'], [['c'], 'watch.keys.captions'],
    [['↑', '↓'], 'watch.keys.volume'], [['m'], 'watch.keys.mute'], [['Enter'], 'watch.keys.controls'], [['?'], 'watch.keys.help'],
  ]],
] as const;
