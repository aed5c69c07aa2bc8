// The words of /api/v1 that the pages use.

export interface Poster { url: string; width: number; height: number; colour?: string }
export interface TagRef { id: number; name: string; colour?: string }

export interface Video {
  id: string; title: string; folder: string; file: string; path: string;
  /** Seconds. */
  duration: number;
  width: number; height: number; container: string;
  video_codec?: string; audio_codecs: string[]; audio_languages: string[]; text_languages: string[];
  hdr?: string; frame_rate?: number; bit_rate?: number; size: number;
  added: string; made?: string; views: number; hidden: boolean; present: boolean; copies: number;
  tags: TagRef[];
  rating?: number; favourite: boolean; watched: boolean;
  /** Seconds. */
  resume?: number;
  played?: string;
  poster?: Poster; preview?: string; storyboard?: string;
  version: number;
}

export interface VideoFile { path: string; root: string; size: number; modified: string; state: string }
export interface Track {
  kind: string; number: number; codec: string; language?: string; title?: string; channels?: number;
  default: boolean; forced: boolean;
}
export interface Chapter { start: number; end?: number; title: string }
export interface VideoDetails extends Video {
  description?: string; files: VideoFile[]; tracks: Track[]; chapters: Chapter[]; problem?: string;
  playlists: { id: number; name: string }[];
  urls: { file: string; hls: string; dash: string; hls_ts?: string; clip: string; watch: string };
}

export interface List<T> { items: T[]; total: number; next?: string }
export interface Facet { value: string; label?: string; count: number }
export interface Facets { total: number; facets: Record<string, Facet[]> }
export interface Suggestions {
  titles: { id: string; title: string }[]; tags: { id: number; name: string; colour?: string }[];
  folders: { folder: string; name: string }[];
}
export interface Folder { folder: string; name: string; videos: number; posters: string[] }
export interface HomeLists {
  continue: Video[]; added: Video[]; favourites: Video[]; collections: Folder[]; random: Video[];
}
export interface Tag extends TagRef { count: number; version: number }
export interface Playlist {
  id: number; name: string; count: number; duration: number; posters: string[]; version: number;
  items?: { item: number; video: Video }[];
}
export interface Duplicate { video: Video; files: VideoFile[] }
export interface ProblemFile { path: string; root: string; problem: string; video?: string; found: string }
/** A stretch of a list whose length nobody counted. */
export interface Stretch<T> { items: T[]; next?: string }
export interface Undo { id: number; label: string }
export interface BatchAnswer { changed: number; undo?: Undo }
/** As GET /scan tells it; the event of this name has the times in milliseconds. */
export interface Scan { state: 'idle' | 'running'; seen: number; expected: number; read: number; since?: string; took?: number; error?: string | null }
export interface Session { role: 'viewer' | 'admin'; name: string; local: boolean; password_set: boolean }
export type BatchSelect = { ids: string[] } | { query: Record<string, string> };
export type BatchAction =
  | { tag: string } | { untag: string } | { rate: number | null } | { favourite: boolean }
  | { watched: boolean } | { playlist: number } | { hide: boolean } | { refresh: true };
