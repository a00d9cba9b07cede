// Changes a page without moving what somebody reads or writes.

/** Run `change` and scroll by as much as it moved the element the reader is at. */
export function keepPlace(change) {
  const anchor = anchorElement();
  const before = anchor?.getBoundingClientRect().top;
  change();
  if (!anchor?.isConnected) return;
  const moved = anchor.getBoundingClientRect().top - before;
  if (Math.abs(moved) >= 1) scrollBy({ top: moved, behavior: "instant" });
}

function anchorElement() {
  const focused = document.activeElement;
  if (focused?.matches("textarea, input, select") && isVisible(focused)) return focused;
  for (const post of document.querySelectorAll("[data-post-id], #opening, #answer-form")) {
    if (!isVisible(post)) continue;
    // The smallest thing in sight: a comment rather than the answer that it stands below.
    return [...post.querySelectorAll("p, li, h2, footer")].find(isVisible) ?? post;
  }
  return null;
}

function isVisible(element) {
  const box = element.getBoundingClientRect();
  return box.bottom > 0 && box.top < innerHeight && box.height > 0;
}
