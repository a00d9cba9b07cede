// Fetches a page of this server as a document. Its nodes can be taken over into the page as they are: the server rendered and
// sanitised them, and scripts in such a document never run.

import { csrfToken, RequestError } from "./http.js";

const UNREACHABLE = "The server could not be reached. Try again in a moment.";

/**
 * Fetch an address, with `form` (FormData or URLSearchParams) as a POST; throws RequestError unless the answer is a page.
 * `background` tells that nobody did anything: such a request keeps no log-in alive.
 */
export function fetchPage(address, { form, signal, timeout = 15000, background = false } = {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(form ? "POST" : "GET", new URL(address, location.href));
    request.responseType = "document";
    request.timeout = timeout;
    request.setRequestHeader("X-CSRFToken", csrfToken());
    request.addEventListener("load", () => {
      if (request.status < 400 && request.response) resolve(request.response);
      else reject(new RequestError(`The server answered with error ${request.status}.`, { status: request.status }));
    });
    if (background) request.setRequestHeader("X-Background", "1");
    for (const type of ["error", "timeout"]) {
      request.addEventListener(type, () => reject(new RequestError(UNREACHABLE, { code: "unreachable" })));
    }
    request.addEventListener("abort", () => reject(new DOMException("The page is not wanted any more.", "AbortError")));
    signal?.addEventListener("abort", () => request.abort(), { once: true });
    request.send(form ?? null);
  });
}

/** Take nodes of a fetched page over into this one. */
export function adopt(nodes) {
  return [...nodes].map((node) => document.importNode(node, true));
}
