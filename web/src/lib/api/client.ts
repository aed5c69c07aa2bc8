// Asking the server, by what its own description says can be asked (`openapi.json`). Every answer that is no success
// becomes a `Trouble`, which says what happened.
import createClient from 'openapi-fetch';
import { early } from './early';
import type { paths } from './schema';

/** Why a request came to nothing. */
export class Trouble extends Error {
  /** `status` 0: the server was not reached. `answer`: the whole of what it said. `wants`: what a 401 asks for. */
  constructor(
    readonly status: number, message: string, readonly kind = '', /** Seconds. */ readonly retryAfter?: number, readonly answer?: unknown,
    readonly wants?: 'key' | 'session',
  ) {
    super(message);
    this.name = 'Trouble';
  }

  get offline(): boolean {
    return this.status === 0;
  }
}

/** All routes. Wrap what it returns in `got`. */
export const api = createClient<paths>({
  // A relative address where there is a page; a test has none.
  baseUrl: typeof location === 'undefined' ? 'http://localhost' : '',
  credentials: 'same-origin',
  headers: { Accept: 'application/json' },
  fetch: (request) => early(request) ?? fetch(request),
});

let onWanted: (what: 'key' | 'session') => void = () => undefined;

/** Who is told when the server wants an API key, or an administrator's session. */
export function whenWanted(tell: (what: 'key' | 'session') => void): void {
  onWanted = tell;
}

/** What a route answers. */
export interface Answered { data?: unknown; error?: unknown; response: Response }
/** What a successful answer holds. */
export type Said<A> = A extends { data: infer T } ? T : never;

/** What the server said, or a `Trouble`. */
export async function heard<A extends Answered>(asked: Promise<A>): Promise<Said<A>> {
  let answer: A;
  try {
    answer = await asked;
  } catch (error) {
    if (isAbort(error)) throw error;
    // It answered, and not in JSON.
    throw new Trouble(error instanceof SyntaxError ? 200 : 0, '');
  }
  if (!answer.response.ok) throw trouble(answer);
  return answer.data as Said<A>;
}

/** The same; and where an API key or a session is wanted, somebody is asked for it. */
export async function got<A extends Answered>(asked: Promise<A>): Promise<Said<A>> {
  try {
    return await heard(asked);
  } catch (error) {
    if (error instanceof Trouble && error.wants) onWanted(error.wants);
    throw error;
  }
}

/** The header that says which version an edit is based on. */
export function edits(version: number): { 'If-Match': string } {
  return { 'If-Match': `"v${version}"` };
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

function trouble({ error, response }: Answered): Trouble {
  // What is no problem document has only its status to say it.
  const problem = (typeof error === 'object' && error !== null ? error : {}) as { detail?: unknown; title?: unknown; type?: unknown };
  const text = problem.detail ?? problem.title;
  const after = Number(response.headers.get('Retry-After') ?? '');
  return new Trouble(
    response.status,
    typeof text === 'string' ? text.slice(0, 500) : '',
    typeof problem.type === 'string' ? problem.type : '',
    after > 0 ? after : undefined,
    error,
    response.status === 401 ? wanted(response) : undefined,
  );
}

/** What a 401 asks for, by its challenge (RFC 9110 section 11.6.1). */
function wanted(response: Response): 'key' | 'session' {
  return /^\s*Vidicon-Session\b/i.test(response.headers.get('WWW-Authenticate') ?? '') ? 'session' : 'key';
}
