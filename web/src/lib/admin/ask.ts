// Asking for what administrators are told. Here 401 means "sign in", not "show an API key".
import { heard, Trouble, type Answered, type Said } from '../api/client';
import { who } from '../shared.svelte';

/** What the server said. Whether this browser may still ask is looked at anew when it was refused. */
export async function told<A extends Answered>(asked: Promise<A>): Promise<Said<A>> {
  try {
    return await heard(asked);
  } catch (error) {
    if (error instanceof Trouble && (error.status === 401 || error.status === 403)) void who.refresh();
    throw error;
  }
}
