// Which page an address means.

export type PageName =
  | 'home' | 'library' | 'folders' | 'duplicates' | 'problems' | 'search' | 'favourites' | 'tags'
  | 'history' | 'playlists' | 'playlist' | 'settings' | 'watch' | 'admin' | 'unknown';

export interface Match { page: PageName; /** What is behind the page's own name, decoded. */ rest: string[] }

const pages: Record<string, PageName> = {
  '': 'home', library: 'library', search: 'search', favorites: 'favourites', favourites: 'favourites',
  tags: 'tags', history: 'history', playlists: 'playlists', settings: 'settings', watch: 'watch', admin: 'admin',
};
const belowLibrary: Record<string, PageName> = { folders: 'folders', duplicates: 'duplicates', problems: 'problems' };

export function match(pathname: string): Match {
  const parts = pathname.split('/').filter(Boolean).map(decoded);
  const [first = '', ...rest] = parts;
  const page = Object.hasOwn(pages, first) ? pages[first] : undefined;
  if (page === 'library' && rest.length) {
    const below = rest.length === 1 && Object.hasOwn(belowLibrary, rest[0] ?? '') ? belowLibrary[rest[0] ?? ''] : undefined;
    return below ? { page: below, rest: [] } : { page: 'unknown', rest };
  }
  if (page === 'playlists' && rest.length === 1 && /^\d{1,12}$/.test(rest[0] ?? '')) return { page: 'playlist', rest };
  if (page === 'watch') return rest.length ? { page, rest } : { page: 'unknown', rest };
  if (page === 'admin' || (page && rest.length === 0)) return { page: page ?? 'unknown', rest };
  return { page: 'unknown', rest };
}

/** The address of a video's page. */
export function watchUrl(id: string, context?: { playlist?: number; item?: number }): string {
  const params = new URLSearchParams();
  if (context?.playlist !== undefined) params.set('playlist', String(context.playlist));
  if (context?.item !== undefined) params.set('item', String(context.item));
  const search = params.toString();
  return `/watch/${encodeURIComponent(id)}${search ? `?${search}` : ''}`;
}

export function folderUrl(folder: string): string {
  return folder ? `/library/folders?folder=${encodeURIComponent(folder)}` : '/library/folders';
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
