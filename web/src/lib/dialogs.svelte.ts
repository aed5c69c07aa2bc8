// The dialogs that any page can open for one video or a selection.
import type { BatchSelect } from './api/types';
import type { VideoState } from './videos.svelte';

/** What a dialog is about: a video that is shown, or a selection of so many. */
export type Subject = { video: VideoState } | { select: BatchSelect; count: number; query?: string };
export type Open =
  | { kind: 'tags'; subject: Subject }
  | { kind: 'playlist'; subject: Subject }
  | { kind: 'shortcuts' }
  | { kind: 'key' }
  | { kind: 'signin' };

class Dialogs {
  open = $state.raw<Open | undefined>(undefined);
  #modals = $state.raw<readonly string[]>([]);

  /** The dialog that lies above all else, by the id of its heading; outside of it nothing can be pressed. */
  get modal(): string | undefined {
    return this.#modals.at(-1);
  }

  /** A dialog, whoever made it, lies above all else until what is returned is called. */
  above(id: string): () => void {
    this.#modals = [...this.#modals, id];
    return () => (this.#modals = this.#modals.filter((other) => other !== id));
  }

  show(open: Open): void {
    this.open = open;
  }

  close(): void {
    this.open = undefined;
  }
}

export const dialogs = new Dialogs();
