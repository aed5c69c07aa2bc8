// The dialogs that any page can open for one video or a selection.
import type { BatchSelect } from './api/types';
import type { VideoState } from './videos.svelte';

/** What a dialog is about: a video that is shown, or a selection of so many. */
export type Subject = { video: VideoState } | { select: BatchSelect; count: number; query?: string };
export type Open =
  | { kind: 'tags'; subject: Subject }
  | { kind: 'playlist'; subject: Subject }
  | { kind: 'shortcuts' }
  | { kind: 'key' };

class Dialogs {
  open = $state.raw<Open | undefined>(undefined);

  show(open: Open): void {
    this.open = open;
  }

  close(): void {
    this.open = undefined;
  }
}

export const dialogs = new Dialogs();
