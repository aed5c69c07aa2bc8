// Asking the server, by what its own description says can be asked (`openapi.json`). Every answer that is no success
// becomes a `Trouble`, which says what happened.
import createClient from 'openapi-fetch';
import type { paths } from './schema';

/** Why a request came to nothing. */
export class Trouble extends Error {
  /** `status` 0: the server was not reached. `answer`: the whole of what it said. */
  constructor(readonly status: number, message: string, readonly kind = '', /** Seconds. */ readonly retryAfter?: number, readonly answer?: unknown) {
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
  fetch: (request) => fetch(request),
});

let onKeyWanted: () => void = () => undefined;

/** Who is told when the server wants an API key. */
export function whenKeyWanted(tell: () => void): void {
  onKeyWanted = tell;
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

/** The same; and where an API key is wanted, somebody is asked for it. */
export async function got<A extends Answered>(asked: Promise<A>): Promise<Said<A>> {
  try {
    return await heard(asked);
  } catch (error) {
    if (error instanceof Trouble && error.status === 401) onKeyWanted();
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
  );
}
