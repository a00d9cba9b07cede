// Loaded by every page.

import { features } from "../features/manifest.js";
import { start } from "./controllers.js";
import { core } from "./manifest.js";
import { startShortcuts } from "./shortcuts.js";
import { startClock } from "./time.js";

start({ ...core, ...features });
startClock();
startShortcuts();

// htmx comes only to pages that ask for it. Its settings keep to the content security policy: no eval, no style of its own.
if (document.querySelector("[hx-get], [hx-post], [data-htmx]")) import("./swap.js");
