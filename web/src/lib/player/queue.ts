// What comes next: the rest of the playlist or list that somebody came from, else the same folder, else what has the
// same tags.
import { api, got } from '../api/client';
import type { ListQuery, PlaylistItems, Video } from '../api/types';
import { formatQuery, parameters, parseQuery } from '../filters';

/** Where somebody comes from, as the address says. */
export type Origin =
  | { kind: 'playlist'; playlist: number; item?: number }
  /** `list`: the parameters of a list; `at`: the video's place in it. */
  | { kind: 'list'; list: string; at: number }
  | { kind: 'alone' };

/** One of what comes next. */
export interface Entry { video: Video; url: string; /** In a playlist, where a video may be twice. */ item?: number }

/** What to show beside the video. */
export interface Queue {
  kind: 'playlist' | 'list' | 'folder' | 'related';
  /** The playlist's name, or the folder. */
  name?: string;
  playlist?: number;
  entries: Entry[];
  /** Where the video is among them; -1 if it is not. */
  current: number;
}

/** How many are looked at to find the video in its folder, and how many are shown. */
const looked = 1000;
const pageSize = 200;
const shown = 200;

export function originOf(search: string): Origin {
  const params = new URLSearchParams(search);
  const number = (key: string) => {
    const text = params.get(key);
    return text && /^\d{1,12}$/.test(text) ? Number(text) : undefined;
  };
  const playlist = number('playlist');
  const item = number('item');
  if (playlist !== undefined) return { kind: 'playlist', playlist, ...(item === undefined ? {} : { item }) };
  const list = params.get('list');
  const at = number('at');
  if (list !== null && at !== undefined) return { kind: 'list', list: formatQuery(parseQuery(`?${list}`)), at };
  return { kind: 'alone' };
}

/** The address of a video that belongs to where somebody comes from. */
export function urlOf(id: string, origin: Origin): string {
  const params = new URLSearchParams();
  if (origin.kind === 'playlist') {
    params.set('playlist', String(origin.playlist));
    if (origin.item !== undefined) params.set('item', String(origin.item));
  } else if (origin.kind === 'list') {
    params.set('list', origin.list);
    params.set('at', String(origin.at));
  }
  const search = params.toString();
  return `/watch/${encodeURIComponent(id)}${search ? `?${search}` : ''}`;
}

/** What comes after and before. */
export function nextOf(queue: Queue | undefined): Entry | undefined {
  return queue?.entries[queue.current + 1];
}
export function previousOf(queue: Queue | undefined): Entry | undefined {
  return queue && queue.current > 0 ? queue.entries[queue.current - 1] : undefined;
}

/** Asks for what comes next. */
export async function queueOf(video: Video, origin: Origin, signal: AbortSignal): Promise<Queue> {
  if (origin.kind === 'playlist') {
    const playlist = await got(api.GET('/api/v1/playlists/{id}', { params: { path: { id: origin.playlist } }, signal }));
    return ofPlaylist(playlist, video.id, origin.item);
  }
  if (origin.kind === 'list') {
    const offset = Math.max(0, origin.at - 20);
    const answer = await list({ ...parameters(origin.list), limit: pageSize, offset }, signal);
    return ofList(answer.items, offset, video.id, origin.list);
  }
  return (await ofFolder(video, signal)) ?? related(video, signal);
}

export function ofPlaylist(playlist: PlaylistItems, id: string, item: number | undefined): Queue {
  const { items } = playlist;
  let current = items.findIndex((one) => one.item === item && one.video.id === id);
  if (current < 0) current = items.findIndex((one) => one.video.id === id);
  const from = Math.max(0, current - shown / 2);
  const entries = items.slice(from, from + shown).map((one) => ({
    video: one.video, item: one.item, url: urlOf(one.video.id, { kind: 'playlist', playlist: playlist.id, item: one.item }),
  }));
  return { kind: 'playlist', name: playlist.name, playlist: playlist.id, entries, current: current < 0 ? -1 : current - from };
}

/** `offset`: the place of the first of them in the list. */
export function ofList(videos: readonly Video[], offset: number, id: string, list: string): Queue {
  const entries = videos.map((video, i) => ({ video, url: urlOf(video.id, { kind: 'list', list, at: offset + i }) }));
  return { kind: 'list', entries, current: videos.findIndex((video) => video.id === id) };
}

const list = (query: ListQuery, signal: AbortSignal) => got(api.GET('/api/v1/videos', { params: { query }, signal }));

async function ofFolder(video: Video, signal: AbortSignal): Promise<Queue | undefined> {
  if (!video.folder) return undefined;
  const found: Video[] = [];
  for (let offset = 0; offset < looked; offset += pageSize) {
    const query: ListQuery = { folder: video.folder, sort: 'title', order: 'asc', limit: pageSize, offset };
    const answer = await list(query, signal);
    found.push(...answer.items.filter((one) => one.folder === video.folder));
    const at = found.findIndex((one) => one.id === video.id);
    if (at >= 0 && (at < found.length - 20 || offset + pageSize >= answer.total)) break;
    if (offset + pageSize >= answer.total) break;
  }
  return inFolder(found, video);
}

/** Undefined if there is nothing else in it. */
export function inFolder(found: readonly Video[], video: Video): Queue | undefined {
  if (!found.some((one) => one.id !== video.id)) return undefined;
  const at = found.findIndex((one) => one.id === video.id);
  const from = Math.max(0, at - shown / 2);
  const entries = found.slice(from, from + shown).map((one) => ({ video: one, url: urlOf(one.id, { kind: 'alone' }) }));
  return { kind: 'folder', name: video.folder, entries, current: at < 0 ? -1 : at - from };
}

async function related(video: Video, signal: AbortSignal): Promise<Queue> {
  const found = new Map<string, Video>();
  const take = (videos: Video[]) => {
    for (const one of videos) if (one.id !== video.id && found.size < 24) found.set(one.id, one);
  };
  // The same order whenever this video is looked at.
  const seed = [...video.id].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 1_000_000_007, 7);
  const tags = video.tags.map((tag) => tag.name.replace(/[\\,]/g, '\\$&')).join(',');
  if (tags) take((await list({ any_tags: tags, sort: 'random', seed, limit: 25 }, signal)).items);
  if (found.size < 24) take((await list({ sort: 'random', seed, limit: 25 }, signal)).items);
  const entries = [...found.values()].map((one) => ({ video: one, url: urlOf(one.id, { kind: 'alone' }) }));
  return { kind: 'related', entries, current: -1 };
}
