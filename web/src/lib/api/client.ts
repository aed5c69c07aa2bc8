// Asking the server. Every answer that is no success becomes a `Trouble`, which says what happened.

/** Why a request came to nothing. */
export class Trouble extends Error {
  /** `status` 0: the server was not reached. */
  constructor(readonly status: number, message: string, readonly kind = '') {
    super(message);
    this.name = 'Trouble';
  }

  get offline(): boolean {
    return this.status === 0;
  }
}

export interface Ask {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  query?: string | Record<string, string | number | boolean | undefined>;
  body?: unknown;
  /** The version that an edit is based on. */
  version?: number;
  signal?: AbortSignal;
}

const base = '/api/v1';
let onKeyWanted: () => void = () => undefined;

/** Who is told when the server wants an API key. */
export function whenKeyWanted(tell: () => void): void {
  onKeyWanted = tell;
}

/** One request. Path components must be encoded by the caller, as `path` does. */
export async function ask<T>(to: string, options: Ask = {}): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (options.body !== undefined) headers['Content-Type'] = 'application/json';
  if (options.version !== undefined) headers['If-Match'] = `"v${options.version}"`;
  let response: Response;
  try {
    response = await fetch(base + to + search(options.query), {
      method: options.method ?? 'GET',
      headers,
      credentials: 'same-origin',
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      ...(options.signal ? { signal: options.signal } : {}),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Trouble(0, '');
  }
  if (!response.ok) throw await trouble(response);
  if (response.status === 204) return undefined as T;
  try {
    return (await response.json()) as T;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Trouble(response.status, '');
  }
}

/** Components, encoded and joined: path('videos', id, 'tags', name). */
export function path(...components: (string | number)[]): string {
  return components.map((c) => `/${encodeURIComponent(c)}`).join('');
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

async function trouble(response: Response): Promise<Trouble> {
  let message = '';
  let kind = '';
  try {
    const problem = (await response.json()) as { detail?: unknown; title?: unknown; type?: unknown };
    const text = problem.detail ?? problem.title;
    if (typeof text === 'string') message = text.slice(0, 500);
    if (typeof problem.type === 'string') kind = problem.type;
  } catch {
    // Not a problem document: the status has to say it.
  }
  if (response.status === 401) onKeyWanted();
  return new Trouble(response.status, message, kind);
}

function search(query: Ask['query']): string {
  if (!query) return '';
  if (typeof query === 'string') return query ? `?${query}` : '';
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') params.set(key, String(value));
  }
  const text = params.toString();
  return text ? `?${text}` : '';
}
