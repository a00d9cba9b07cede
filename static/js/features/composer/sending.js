// One way to send unfinished writing to the server, whether its page is open or not.

import { request } from "../../core/http.js";

/** Send a text that builds on `revision`; a note has an `address` of its own, and its fields stand by themselves there. */
export function sendDraft(place, { content, revision, address }, options = {}) {
  const json = address ? { ...content, revision } : { content, revision };
  return request(address ?? `/api/v1/drafts/${encodeURIComponent(place)}`, { method: "PUT", json, ...options });
}
