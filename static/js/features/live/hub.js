// The channel of a session, opened once per page and heard by every part of it. A part whose script arrives later is told what
// the others heard before, so it does not matter which loads first.

import { openChannel } from "../../core/channel.js";
import { loadAfresh, restoreWords } from "./afresh.js";

const KEEP = 1000;
const hubs = new WeakMap();

/**
 * Follow the session that holds `element`. onMessage(message) gets every message after the page's own state once and in order,
 * onEphemeral(message) what is not kept, onRefused(error) when the session can no longer be followed. Ends with `signal`.
 */
export function follow(element, { onMessage, onEphemeral, onRefused, signal }) {
  const root = element.closest("[data-live]");
  const hub = hubs.get(root) ?? open(root);
  const part = { onMessage, onEphemeral, onRefused };
  for (const message of hub.heard) deliver(part.onMessage, message);
  if (hub.latest) deliver(part.onEphemeral, hub.latest);
  hub.parts.add(part);
  signal.addEventListener("abort", () => leave(root, hub, part), { once: true });
}

/** The number of the session that holds `element`, for what is sent to the server. */
export function sessionOf(element) {
  return Number(element.closest("[data-live]").dataset.session);
}

function open(root) {
  const hub = { parts: new Set(), heard: [], latest: null };
  hubs.set(root, hub);
  restoreWords(root);
  hub.channel = openChannel({
    channel: root.dataset.channel,
    since: Number(root.dataset.since),
    onMessage(message) {
      hub.heard.push(message);
      if (hub.heard.length > KEEP) hub.heard.shift();
      for (const part of hub.parts) deliver(part.onMessage, message);
    },
    onEphemeral(message) {
      hub.latest = message;
      for (const part of hub.parts) deliver(part.onEphemeral, message);
    },
    onReset: () => loadAfresh(root),
    onRefused(error) {
      for (const part of hub.parts) deliver(part.onRefused, error);
    },
  });
  return hub;
}

function leave(root, hub, part) {
  hub.parts.delete(part);
  if (hub.parts.size > 0) return;
  hubs.delete(root);
  hub.channel.close();
}

// A part that fails must not keep the others from hearing.
function deliver(handler, value) {
  try {
    handler?.(value);
  } catch (error) {
    reportError(error);
  }
}
