// Loaded by every page.

import { features } from "../features/manifest.js";
import { start } from "./controllers.js";
import { core } from "./manifest.js";
import { startShortcuts } from "./shortcuts.js";
import { startClock } from "./time.js";

start({ ...core, ...features });
startClock();
startShortcuts();

// On a phone the current tab may lie outside of what is seen of the row.
for (const tab of document.querySelectorAll(".tabs [aria-current], .chips [aria-current]")) {
  const row = tab.parentElement;
  if (row.scrollWidth > row.clientWidth) row.scrollLeft = tab.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
}

// htmx comes only to pages that ask for it. Its settings keep to the content security policy: no eval, no style of its own.
if (document.querySelector("[hx-get], [hx-post], [data-htmx]")) import("./swap.js");
