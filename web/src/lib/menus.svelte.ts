// The one menu of the page: which button opened it, and what is in it.
import type { IconName } from './ui/Icon.svelte';

export interface Item {
  label: string;
  icon?: IconName;
  /** A tick in front: this one of several is chosen. */
  chosen?: boolean;
  danger?: boolean;
  /** A line above it. */
  apart?: boolean;
  href?: string;
  run?: () => void;
}

interface Open { button: HTMLElement; label: string; items: Item[]; /** Begins with the last item. */ last: boolean }

class Menus {
  open = $state.raw<Open | undefined>(undefined);

  show(open: Open): void {
    this.open = open;
  }

  /** `focus`: the button gets it back. */
  close(focus: boolean): void {
    const { button } = this.open ?? {};
    this.open = undefined;
    if (focus) button?.focus();
  }
}

export const menus = new Menus();
