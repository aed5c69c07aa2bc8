// A line of links that may be wider than the screen: what is chosen is in view, and its ends fade where there is more.

/** Attach it to what scrolls, and give that the class `strip`. */
export function strip(line: HTMLElement): () => void {
  const look = () => {
    const at = Math.abs(line.scrollLeft);
    line.classList.toggle('more-before', at > 2);
    line.classList.toggle('more-behind', at + line.clientWidth < line.scrollWidth - 2);
  };
  const show = () => {
    const chosen = line.querySelector<HTMLElement>('[aria-current]');
    if (chosen) line.scrollLeft = chosen.offsetLeft - line.offsetLeft - (line.clientWidth - chosen.offsetWidth) / 2;
    look();
  };
  const sizes = new ResizeObserver(show);
  const changes = new MutationObserver(show);
  sizes.observe(line);
  changes.observe(line, { subtree: true, attributeFilter: ['aria-current'] });
  line.addEventListener('scroll', look, { passive: true });
  return () => {
    sizes.disconnect();
    changes.disconnect();
    line.removeEventListener('scroll', look);
  };
}
