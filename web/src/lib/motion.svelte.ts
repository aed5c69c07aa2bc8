// Whether somebody asked their system for less motion; it may change while the page is open.
import { MediaQuery } from 'svelte/reactivity';

const query = new MediaQuery('(prefers-reduced-motion: reduce)');

export const motion = {
  get reduced(): boolean {
    return query.current;
  },
  /** For `scrollTo` and its like, which style sheets do not reach. */
  get scroll(): ScrollBehavior {
    return query.current ? 'auto' : 'smooth';
  },
};
