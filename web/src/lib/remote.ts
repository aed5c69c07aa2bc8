// Arrow keys and Back, for remote controls and for keyboards: to whatever lies in that direction. Grids, shelves and
// the player have ways of their own; this is what is left of the keys.
import { nearest, type Way } from './spatial';

const ways: Record<string, Way> = { ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down' };
const reachable = 'a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), summary, [tabindex="0"], [data-main]';
/** Keys named "Back" by remote controls; those of some televisions have only a number. */
const backs: ReadonlySet<string> = new Set(['GoBack', 'BrowserBack', 'XF86Back']);
const backCodes: ReadonlySet<number> = new Set([461, 10_009]);

let keyed = false;
let focusKeyed = false;

/** Follows by what the focus is moved. */
export function followFocus(): () => void {
  const stop = new AbortController();
  const options = { capture: true, signal: stop.signal };
  addEventListener('keydown', () => (keyed = true), options);
  addEventListener('pointerdown', () => (keyed = false), options);
  addEventListener('focusin', () => (focusKeyed = keyed), options);
  return () => stop.abort();
}

/** Whether somebody came to where the focus is by keys. Who pressed something with a pointer scrolls with the arrows. */
export function isKeyed(): boolean {
  return focusKeyed;
}

export function isBack(event: KeyboardEvent): boolean {
  // The number is deprecated, and all that these televisions give.
  return backs.has(event.key) || backCodes.has(event.keyCode) || (event.key === 'Backspace' && !isText(event.target as Element));
}

/** Moves the focus, if the key is an arrow and there is something in its direction. True: it was moved. */
export function walk(event: KeyboardEvent, scope: ParentNode = document): boolean {
  const way = ways[event.key];
  if (!way || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return false;
  const from = document.activeElement;
  const nowhere = !from || from === document.body || from.id === 'main';
  if (!nowhere && (!focusKeyed || isOwn(from, way))) return false;
  const to = nowhere ? first(scope, way) : next(from, scope, way);
  if (!to) return false;
  event.preventDefault();
  to.focus({ preventScroll: true });
  // All of a card, not the line of its link; and of what is at the beginning of a page also what stands above it.
  const whole = to.closest('[data-cell], [data-index]') ?? to;
  whole.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  if (scrollY > 0 && to.closest('main') && frame(to).bottom + scrollY < innerHeight - 80) scrollTo({ top: 0 });
  return true;
}

function next(from: Element, scope: ParentNode, way: Way): HTMLElement | undefined {
  const card = from.closest('[data-cell], [data-index]');
  const others = all(scope).filter((other) => other !== from && (other.matches('[data-main]') || !inCell(other) || card?.contains(other)));
  // The bars stay where they are while the page moves below them: they come after all that the page has there.
  const main = from.closest('main');
  const near = main ? others.filter((other) => main.contains(other)) : others;
  const boxes = others.map(frame);
  const to = near[nearest(frame(from), near === others ? boxes : near.map(frame), way)];
  return to ?? others[nearest(frame(from), boxes, way)];
}

/** From nowhere the keys lead into what is seen, where a page has cards; on others they scroll. */
function first(scope: ParentNode, way: Way): HTMLElement | undefined {
  if (way === 'up') return undefined;
  return [...scope.querySelectorAll<HTMLElement>('[data-main]')].find((one) => {
    const { top, bottom } = frame(one);
    return isShown(one) && top >= 0 && bottom <= innerHeight + 40;
  });
}

function all(scope: ParentNode): HTMLElement[] {
  return [...scope.querySelectorAll<HTMLElement>(reachable)].filter((one) => (one.tabIndex >= 0 || one.matches('[data-main]')) && isShown(one));
}

function isShown(one: HTMLElement): boolean {
  return one.checkVisibility({ visibilityProperty: true }) && !one.closest('[inert], [aria-hidden=true], .skip') && one.offsetWidth > 1;
}

function inCell(one: Element): boolean {
  return one.closest('[data-cell], [data-index]') !== null;
}

/** A card counts as a whole: its link is only the line below the picture. */
function frame(one: Element): DOMRect {
  const whole = one.matches('[data-main]') ? (one.closest('[data-cell], [data-index]') ?? one) : one;
  return whole.getBoundingClientRect();
}

/** Whether the key means something to what has the focus. */
function isOwn(from: Element, way: Way): boolean {
  const sideways = way === 'left' || way === 'right';
  if (from instanceof HTMLTextAreaElement || from instanceof HTMLSelectElement) return true;
  if (from instanceof HTMLInputElement) return from.type === 'number' || (sideways && from.type !== 'checkbox');
  return from.closest('[role=slider], [role=menu], [contenteditable]') !== null;
}

function isText(target: Element): boolean {
  return target.closest('input:not([type=checkbox], [type=radio], [type=range]), textarea, select, [contenteditable]') !== null;
}
