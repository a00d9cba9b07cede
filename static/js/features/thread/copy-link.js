// "Copy link" in the menu of a post puts its permanent address on the clipboard. Without this script the link leads there.

import { announce } from "../../core/announce.js";
import { delegate } from "../../core/dom.js";

export function connect(root, { signal }) {
  if (!navigator.clipboard) return;
  delegate(root, "click", "[data-copy-link]", (event, link) => copy(event, link), { signal });
}

async function copy(event, link) {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const words = link.lastChild;
  try {
    await navigator.clipboard.writeText(link.href);
    words.textContent = "Copied";
    announce("The link is copied.");
  } catch (error) {
    // Not allowed in this browser: the address is shown instead.
    console.warn("The link could not be copied.", error);
    location.assign(link.href);
    return;
  }
  setTimeout(() => (words.textContent = "Copy link"), 3000);
  const menu = link.closest("details");
  menu?.removeAttribute("open");
  menu?.querySelector("summary")?.focus();
}
