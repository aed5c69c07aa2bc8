// Asking for what administrators are told. Here 401 means "sign in", not "show an API key".
import { Trouble } from '../api/client';
import { who } from '../shared.svelte';

export interface Asked { method?: string; body?: unknown; query?: Record<string, string | number | undefined>; signal?: AbortSignal; /** Below the root instead of /api/v1. */ root?: boolean }

export async function askAdmin<T>(path: string, options: Asked = {}): Promise<T> {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(options.query ?? {})) if (value !== undefined && value !== '') params.set(key, String(value));
  const search = params.toString();
  let response: Response;
  try {
    response = await fetch(`${options.root ? '' : '/api/v1'}${path}${search ? `?${search}` : ''}`, {
      method: options.method ?? 'GET',
      headers: { Accept: 'application/json', ...(options.body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      credentials: 'same-origin',
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      ...(options.signal ? { signal: options.signal } : {}),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Trouble(0, '');
  }
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
  // Said of its own accord where something is wrong, by the route that tells so.
  const answer = (await response.json().catch(() => ({}))) as { detail?: unknown; conditions?: unknown };
  if (path === '/ready' && answer.conditions) return answer as T;
  if ((response.status === 401 || response.status === 403) && path !== '/session' && path !== '/admin/password') void who.refresh();
  throw new Trouble(response.status, typeof answer.detail === 'string' ? answer.detail.slice(0, 500) : '');
}
