// Sends a picture and tells how far it is; answers and refusals are those of core/http.js.

import { RequestError, csrfToken } from "../../core/http.js";

const TIMEOUT = 120000;
const UNREACHABLE = "The server could not be reached. The picture is still here; try again in a moment.";

/** Post a FormData and resolve with the parsed answer; `onProgress` gets a share between 0 and 1. */
export function upload(address, form, { signal, onProgress }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", new URL(address, location.origin));
    request.setRequestHeader("Accept", "application/json, application/problem+json");
    request.setRequestHeader("X-CSRFToken", csrfToken());
    request.responseType = "text";
    request.timeout = TIMEOUT;
    request.upload.addEventListener("progress", (event) => event.lengthComputable && onProgress(event.loaded / event.total));
    for (const type of ["error", "timeout"]) {
      request.addEventListener(type, () => reject(new RequestError(UNREACHABLE, { code: "unreachable" })));
    }
    request.addEventListener("abort", () => reject(new DOMException("The sending was stopped.", "AbortError")));
    request.addEventListener("load", () => (request.status < 300 ? resolve(parsed(request)) : reject(refusal(request))));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(form);
  });
}

function parsed(request) {
  try {
    return JSON.parse(request.responseText);
  } catch {
    return {};
  }
}

function refusal(request) {
  const problem = parsed(request);
  const { status } = request;
  return new RequestError(problem.title || `The server answered with error ${status}.`, { status, code: problem.code ?? "error", fields: problem.fields ?? {} });
}
