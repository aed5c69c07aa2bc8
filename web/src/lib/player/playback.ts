// What the server decides about this browser, and what the player makes of it.
import { api, heard, Trouble } from '../api/client';
import { capabilities, type Capabilities, type Probe } from './capabilities';

/** The answer of POST /playback/<name>, of which the server's description says only that it is an object. */
export interface Playback {
  id: string;
  path: string;
  container: string;
  duration_seconds: number | null;
  method: 'direct' | 'copy' | 'needs-transcoding';
  delivery: 'file' | 'hls' | 'dash' | 'hls-ts' | null;
  tracks: number[];
  reasons: string[];
  urls: { file: string; hls?: string; dash?: string; 'hls-ts'?: string; clip?: string };
  notes: string[];
}

/** How a person wants it; `auto` leaves it to the server. */
export type Wish = 'auto' | 'file' | 'hls' | 'dash';
export type Delivery = NonNullable<Playback['delivery']>;

/** Something that a player can open. */
export interface Source { delivery: Delivery; url: string; type: string }

/** What to play: the first source, the others if it fails. None: `playback` says why. */
export interface Plan { playback: Playback; sources: Source[] }

/** What is known of a video before anything is asked: whether there is sound or text to choose from. */
export interface Choice { texts: number; sounds: number }

export type Asking = (wanted: Capabilities) => Promise<Playback>;

/**
 * Asks as often as it takes, mostly once. A file as it is comes first; but where there are languages or subtitles to
 * choose from, it is segments, in which a browser can choose; and where there is nothing else, what browsers open by
 * luck.
 */
export async function plan(ask: Asking, probe: Probe, choice: Choice, wish: Wish = 'auto'): Promise<Plan> {
  if (wish !== 'auto') {
    const playback = await ask(capabilities(probe, wish));
    return { playback, sources: sourcesOf(playback) };
  }
  const first = await ask(capabilities(probe));
  if (first.method === 'direct' && (choice.texts > 0 || choice.sounds > 1) && first.urls.hls) {
    const segments = await ask(capabilities(probe, 'segments'));
    if (segments.method === 'copy') return { playback: segments, sources: [...sourcesOf(segments), ...sourcesOf(first)] };
  }
  if (first.method !== 'needs-transcoding') return { playback: first, sources: sourcesOf(first) };
  const lucky = await ask(capabilities(probe, 'luck'));
  if (lucky.method === 'direct') return { playback: lucky, sources: sourcesOf(lucky) };
  return { playback: first, sources: [] };
}

const types: Record<Delivery, string> = {
  file: 'video/mp4', hls: 'application/vnd.apple.mpegurl', 'hls-ts': 'application/vnd.apple.mpegurl', dash: 'application/dash+xml',
};

function sourcesOf(playback: Playback): Source[] {
  const { delivery } = playback;
  if (!delivery || playback.method === 'needs-transcoding') return [];
  const url = playback.urls[delivery];
  return url ? [{ delivery, url, type: delivery === 'file' ? fileType(playback.container) : types[delivery] }] : [];
}

/** A browser looks into the file itself, and only has to be made curious. */
function fileType(container: string): string {
  return container === 'webm' ? 'video/webm' : container === 'ogg' ? 'video/ogg' : 'video/mp4';
}

/** Why nothing plays, as the page explains it. */
export type Kind = 'transcode' | 'reading' | 'missing' | 'away' | 'broken' | 'offline' | 'decode' | 'network' | 'refused' | 'unknown';
export interface Obstacle {
  kind: Kind;
  /** What the server or the browser says. */
  detail: string;
  /** After how many seconds to try again without being asked. */
  retry?: number;
}

/** What an answer that is no success means. */
export function obstacle(error: unknown): Obstacle {
  if (!(error instanceof Trouble)) return { kind: 'unknown', detail: error instanceof Error ? error.message : '' };
  const { status, message: detail, retryAfter } = error;
  if (error.offline) return { kind: 'offline', detail, retry: 5 };
  if (status === 503 && retryAfter) return { kind: 'reading', detail, retry: Math.min(30, retryAfter) };
  if (status === 503) return { kind: 'away', detail };
  if (status === 404) return { kind: 'missing', detail };
  if (status === 422) return { kind: detail.startsWith('it needs transcoding') ? 'broken' : 'transcode', detail };
  if (status === 401 || status === 403) return { kind: 'refused', detail };
  return { kind: 'unknown', detail };
}

/** Asks the server. `name`: an id, or a path in its encoded form. */
export function asking(name: string, signal: AbortSignal): Asking {
  // The description says of body and answer that they are objects; what is in them is said here.
  return async (wanted) => (await heard(api.POST('/playback/{name}', {
    params: { path: { name } }, body: wanted as unknown as Record<string, never>, signal,
    // The slashes of a path are slashes here.
    pathSerializer: (route) => route.replace('{name}', () => name),
  }))) as unknown as Playback;
}
