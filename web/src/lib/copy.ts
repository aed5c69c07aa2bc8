// Addresses for other programs.
import { t } from './i18n/index.svelte';
import { failed, toasts } from './toasts.svelte';

/** Copies an address in full. Browsers give the clipboard to secure pages only: elsewhere the old way has to do. */
export async function copyText(address: string): Promise<void> {
  const url = new URL(address, location.href).href;
  try {
    if (navigator.clipboard) await navigator.clipboard.writeText(url);
    else if (!oldWay(url)) throw new Error('no clipboard');
    toasts.show(t('copied'));
  } catch (error) {
    failed(url, error);
  }
}

function oldWay(text: string): boolean {
  const before = document.activeElement as HTMLElement | null;
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'unseen';
  (document.querySelector('dialog[open]') ?? document.body).append(field);
  field.select();
  const done = document.execCommand('copy');
  field.remove();
  before?.focus({ preventScroll: true });
  return done;
}
