// Where the reader is: the address as state, and ways to another.
import { match, type Match } from './router';

interface Kept { scroll?: number; depth?: number; focus?: Focus }

/** The link that had the focus: its address, and the name of the part of the page that it was in. One film may be in several. */
interface Focus { href: string; part?: string | undefined }

/** For so long a page may take to have again what it had, in milliseconds. */
const PATIENCE = 10_000;

function partOf(link: Element): string | undefined {
  const part = link.closest('section');
  const heading = document.getElementById(part?.getAttribute('aria-labelledby') ?? '');
  return part?.getAttribute('aria-label') ?? heading?.textContent ?? undefined;
}

function find({ href, part }: Focus): HTMLElement | undefined {
  const links = [...document.querySelectorAll<HTMLElement>(`main a[href="${CSS.escape(href)}"]`)];
  return links.find((link) => partOf(link) === part) ?? links[0];
}

class Here {
  path = $state(location.pathname);
  /** With its `?`, or empty. */
  search = $state(location.search);
  at = $derived<Match>(match(this.path));
  /** Counts the pages that were opened: what it is different for is a new page, not a filter. */
  visits = $state(0);
  /** What the page calls itself, where that is better than its name; a page sets it and takes it back. */
  title = $state('');
  #settle: (() => void) | undefined;

  /** Listens to links and to the browser's buttons. */
  begin(): void {
    history.scrollRestoration = 'manual';
    addEventListener('popstate', () => {
      const kept = (history.state ?? {}) as Kept;
      this.#read();
      this.#restore(kept.scroll ?? 0, kept.focus);
    });
    addEventListener('pagehide', () => this.#remember());
    document.addEventListener('click', (event) => this.#click(event));
    const kept = (history.state ?? {}) as Kept;
    if (kept.scroll) this.#restore(kept.scroll, kept.focus);
  }

  /** Opens a page. `keep`: the scroll stays, as for a filter. */
  go(url: string, options: { replace?: boolean; keep?: boolean } = {}): void {
    const depth = ((history.state ?? {}) as Kept).depth ?? 0;
    if (options.replace) {
      history.replaceState({ ...(history.state as Kept), scroll: scrollY }, '', url);
    } else {
      this.#remember();
      history.pushState({ depth: depth + 1 } satisfies Kept, '', url);
    }
    this.#read();
    if (!options.keep) {
      this.#settle?.();
      scrollTo(0, 0);
    }
  }

  /** One step back within Vidicon, else to the given page. */
  back(otherwise = '/'): void {
    if (((history.state ?? {}) as Kept).depth) history.back();
    else this.go(otherwise);
  }

  #read(): void {
    if (location.pathname !== this.path) this.visits += 1;
    this.path = location.pathname;
    this.search = location.search;
  }

  #remember(): void {
    const link = document.activeElement?.closest('main a');
    const href = link?.getAttribute('href');
    const focus: Focus | undefined = link && href ? { href, part: partOf(link) } : undefined;
    const { focus: _, ...kept } = (history.state ?? {}) as Kept;
    history.replaceState({ ...kept, scroll: scrollY, ...(focus ? { focus } : {}) } satisfies Kept, '');
  }

  /**
   * Scrolls to where the page was, as soon as it is tall enough, and gives the focus back to the link that led away. The
   * reader's own scrolling ends it.
   */
  #restore(y: number, focus?: Focus): void {
    this.#settle?.();
    const until = performance.now() + PATIENCE;
    let request = 0;
    const stop = () => {
      cancelAnimationFrame(request);
      for (const type of ['wheel', 'touchstart', 'keydown', 'pointerdown']) removeEventListener(type, stop);
      this.#settle = undefined;
    };
    const look = () => {
      scrollTo(0, y);
      const link = focus && find(focus);
      if (link && document.activeElement !== link) link.focus({ preventScroll: true });
      if ((Math.abs(scrollY - y) < 2 && (focus === undefined || link)) || performance.now() > until) stop();
      else request = requestAnimationFrame(look);
    };
    for (const type of ['wheel', 'touchstart', 'keydown', 'pointerdown']) addEventListener(type, stop, { passive: true });
    this.#settle = stop;
    request = requestAnimationFrame(look);
  }

  #click(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element | null)?.closest('a');
    if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return;
    if (match(link.pathname).page === 'unknown' || link.hash) return;
    event.preventDefault();
    this.go(link.pathname + link.search);
  }
}

export const here = new Here();
export { folderUrl, watchUrl } from './router';
