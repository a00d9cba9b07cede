// Loads htmx for pages whose forms replace a part of the page instead of the whole (attribute hx-post and its kin).

import { announce } from "./announce.js";
import { csrfToken } from "./http.js";

// htmx reads its settings from this element when it starts, which is also when it would add its own style.
const settings = document.createElement("meta");
settings.name = "htmx-config";
settings.content = JSON.stringify({
  allowEval: false,
  allowScriptTags: false,
  includeIndicatorStyles: false,
  selfRequestsOnly: true,
  historyEnabled: false,
  timeout: 15000,
});
const script = document.createElement("script");
script.src = new URL("../../vendor/htmx.min.js", import.meta.url).href;
const loaded = new Promise((resolve, reject) => {
  script.addEventListener("load", () => (begin(), resolve()), { once: true });
  script.addEventListener("error", reject, { once: true });
});
loaded.catch(() => console.warn("The script that exchanges parts of a page could not be loaded."));
document.head.append(settings, script);

/**
 * Put a part of a page that this server rendered into the page; `where` is beforebegin, afterbegin, beforeend or afterend.
 * Forms inside work like those of the page; scripts in it are dropped. Never for text that somebody typed.
 */
export async function place(target, rendered, where) {
  await loaded;
  window.htmx.swap(target, rendered, { swapStyle: where, swapDelay: 0, settleDelay: 0, ignoreTitle: true });
}

/** Put what the server rendered in the place of an element. */
export async function replace(target, rendered) {
  await place(target, rendered, "afterend");
  target.remove();
}

function begin() {
  // Loaded after the page was parsed, it may have missed its own start; processing twice does no harm.
  window.htmx.process(document.body);
  document.body.addEventListener("htmx:configRequest", (event) => (event.detail.headers["X-CSRFToken"] = csrfToken()));
  document.body.addEventListener("htmx:beforeSwap", keepWhatIsNotReplaced);
  document.body.addEventListener("htmx:responseError", (event) => fallBack(event.detail.elt));
  document.body.addEventListener("htmx:sendError", () => announce("The server could not be reached. Nothing was changed; try again in a moment."));
}

// An answer without the part that was asked for (a log-in page, say) would empty its place: go to that page instead.
function keepWhatIsNotReplaced(event) {
  const wanted = event.detail.requestConfig?.elt?.getAttribute("hx-select");
  if (!wanted?.startsWith("#") || event.detail.xhr.status >= 400) return;
  if (event.detail.serverResponse.includes(`id="${wanted.slice(1)}"`)) return;
  event.detail.shouldSwap = false;
  location.assign(event.detail.xhr.responseURL);
}

// A refusal is a page with its own words: send the form the plain way so that the reader sees it.
function fallBack(form) {
  if (form instanceof HTMLFormElement) HTMLFormElement.prototype.submit.call(form);
}
