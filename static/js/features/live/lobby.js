// The minutes before a session: says what happens when the countdown is over, and follows new times.

import { announce } from "../../core/announce.js";
import { all } from "../../core/dom.js";
import { follow } from "./hub.js";

// A thousand pages must not come back in the same moment.
const SPREAD = 2500;

export function connect(element, { signal }) {
  element.addEventListener(
    "countdown:reached",
    () => {
      for (const note of all("[data-lobby-note]", element)) note.textContent = "It is time. The session opens here as soon as the mentor starts it.";
      announce("It is time. The session opens as soon as the mentor starts it.");
    },
    { signal },
  );
  follow(element, { signal, onMessage: ({ data }) => seeTimes(element, data.session ?? {}) });
}

// Times stand on the page in two zones, made by the server; new ones come with the page. What somebody was writing is kept.
function seeTimes(element, session) {
  const shown = element.querySelector("time[data-planned]");
  if (!session.starts_at || !shown || element.dataset.reloading || Date.parse(session.starts_at) === Date.parse(shown.dataset.planned)) return;
  element.dataset.reloading = "true";
  announce("The session has a new time. This page shows it in a moment.");
  for (const note of all("[data-lobby-note]", element)) note.textContent = "The session has a new time. This page shows it in a moment.";
  setTimeout(() => location.reload(), 300 + Math.random() * SPREAD);
}
