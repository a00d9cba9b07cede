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
script.addEventListener("load", begin, { once: true });
document.head.append(settings, script);

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
