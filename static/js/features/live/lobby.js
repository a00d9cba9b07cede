// The minutes before a session: says what happens when the countdown is over.

import { announce } from "../../core/announce.js";
import { all } from "../../core/dom.js";

export function connect(element, { signal }) {
  element.addEventListener(
    "countdown:reached",
    () => {
      for (const note of all("[data-lobby-note]", element)) note.textContent = "It is time. The session opens here as soon as the mentor starts it.";
      announce("It is time. The session opens as soon as the mentor starts it.");
    },
    { signal },
  );
}
