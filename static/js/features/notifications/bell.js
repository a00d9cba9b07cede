// The number at the bell follows the inbox while a page is open.

import { announce } from "../../core/announce.js";
import { openChannel } from "../../core/channel.js";
import { need } from "../../core/dom.js";

const MOST = 100;

export function connect(element) {
  const userId = document.body.dataset.userId;
  if (!userId) return undefined;
  const box = need("[data-bell-count]", element);
  const number = need("[data-bell-number]", element);
  let channel = null;

  const ring = ({ kind }) => {
    if (kind !== "inbox.changed") return;
    const count = Math.min((Number.parseInt(number.textContent, 10) || 0) + 1, MOST);
    number.textContent = count < MOST ? String(count) : "99+";
    box.hidden = false;
    announce("New notification");
  };
  // The page itself comes first; nothing on it waits for the bell.
  const start = setTimeout(() => {
    // What happened before this page was made is in its number already.
    const since = Number.MAX_SAFE_INTEGER;
    channel = openChannel({ channel: `user:${userId}`, since, onMessage: () => {}, onEphemeral: ring });
  }, 1000);
  return () => {
    clearTimeout(start);
    channel?.close();
  };
}
