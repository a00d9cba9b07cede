// Loads htmx for pages whose forms replace a part of the page instead of the whole (attribute hx-post and its kin).

import { announce } from "./announce.js";
import { csrfToken } from "./http.js";

const script = document.createElement("script");
script.src = new URL("../../vendor/htmx.min.js", import.meta.url).href;
script.addEventListener("load", begin, { once: true });
document.head.append(script);

function begin() {
  const { htmx } = window;
  Object.assign(htmx.config, {
    allowEval: false,
    allowScriptTags: false,
    includeIndicatorStyles: false,
    selfRequestsOnly: true,
    historyEnabled: false,
    scrollIntoViewOnBoost: false,
    timeout: 15000,
  });
  htmx.process(document.body);
  document.body.addEventListener("htmx:configRequest", (event) => (event.detail.headers["X-CSRFToken"] = csrfToken()));
  document.body.addEventListener("htmx:responseError", (event) => fallBack(event.detail.elt));
  document.body.addEventListener("htmx:sendError", () => announce("The server could not be reached. Nothing was changed; try again in a moment."));
}

// A refusal is a page with its own words: send the form the plain way so that the reader sees it.
function fallBack(form) {
  if (form instanceof HTMLFormElement) HTMLFormElement.prototype.submit.call(form);
}
