// The answer to the first question, which `boot.js` asked before there was a client.

interface Early { /** Path and query. */ url: string; answer: Promise<Response> }
type Window = typeof globalThis & { vidiconEarly?: Early | undefined };

/** The answer, if it is to this request; it is handed over once. */
export function early(request: Request): Promise<Response> | undefined {
  const global = globalThis as Window;
  const kept = global.vidiconEarly;
  if (!kept || request.method !== 'GET') return undefined;
  const { pathname, search } = new URL(request.url);
  if (pathname + search !== kept.url) return undefined;
  global.vidiconEarly = undefined;
  return kept.answer;
}
