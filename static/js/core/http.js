// Requests to this server: the CSRF token goes along, errors come back as one kind.

/** What went wrong: `message` can be shown; `code`, `status` and `fields` ({name: [messages]}) say more. */
export class RequestError extends Error {
  constructor(message, { status = 0, code = "error", fields = {}, retryAfter = null } = {}) {
    super(message);
    this.name = "RequestError";
    Object.assign(this, { status, code, fields, retryAfter });
  }
}

const UNREACHABLE = "The server could not be reached. What you wrote is still here; try again in a moment.";

/** The token of this page; empty on a page without one. */
export function csrfToken() {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? "";
}

/**
 * Send a request and return the parsed JSON, or the text of another kind of answer, or null when there is none.
 * `background` tells that nobody did anything: such a request keeps no log-in alive.
 * `json` is sent as JSON, `form` (FormData or URLSearchParams) as it is. Throws RequestError; an aborted `signal` throws AbortError.
 */
export async function request(address, { method, json, form, signal, timeout = 15000, background = false } = {}) {
  const url = new URL(address, location.href);
  if (url.origin !== location.origin) throw new RequestError("This address is not on this server.", { code: "foreign" });
  const body = json === undefined ? form : JSON.stringify(json);
  const headers = { Accept: "application/json, application/problem+json", "X-CSRFToken": csrfToken() };
  if (json !== undefined) headers["Content-Type"] = "application/json";
  if (background) headers["X-Background"] = "1";
  const limit = AbortSignal.timeout(timeout);
  let response;
  try {
    response = await fetch(url, {
      method: method ?? (body === undefined ? "GET" : "POST"),
      body,
      headers,
      credentials: "same-origin",
      signal: signal ? eitherOf(signal, limit) : limit,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new RequestError(UNREACHABLE, { code: "unreachable" });
  }
  return read(response);
}

async function read(response) {
  const type = response.headers.get("Content-Type") ?? "";
  const answer = response.status === 204 ? null : type.includes("json") ? await response.json() : await response.text();
  if (response.ok) return answer;
  const problem = answer !== null && typeof answer === "object" ? answer : {};
  throw new RequestError(problem.title || `The server answered with error ${response.status}.`, {
    status: response.status,
    code: problem.code ?? "error",
    fields: problem.fields ?? {},
    retryAfter: Number(response.headers.get("Retry-After")) || null,
  });
}

function eitherOf(first, second) {
  if (AbortSignal.any) return AbortSignal.any([first, second]);
  const both = new AbortController();
  for (const signal of [first, second]) {
    if (signal.aborted) both.abort(signal.reason);
    signal.addEventListener("abort", () => both.abort(signal.reason), { once: true });
  }
  return both.signal;
}
