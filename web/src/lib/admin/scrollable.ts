// A table that is wider than the screen can be scrolled by keyboard, too: it takes the focus then, and only then.

/** Attach it to what scrolls. */
export function scrollable(box: HTMLElement): () => void {
  const look = () => {
    const hides = box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight;
    if (!hides) {
      for (const name of ['tabindex', 'role', 'aria-label']) box.removeAttribute(name);
      return;
    }
    box.tabIndex = 0;
    box.setAttribute('role', 'group');
    box.setAttribute('aria-label', box.closest('section, details')?.querySelector('h2, h3, summary')?.textContent?.trim() ?? '');
  };
  const sizes = new ResizeObserver(look);
  sizes.observe(box);
  for (const child of box.children) sizes.observe(child);
  return () => sizes.disconnect();
}
