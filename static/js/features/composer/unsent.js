// Bound to the form that logs out, so it is on every page: sends what this browser kept while the server could not be reached,
// and leaves nothing of one person's writing behind for the next.

import { announce } from "../../core/announce.js";
import { element } from "../../core/dom.js";
import { forget, keptPlaces, recall } from "./store.js";
import { sendDraft } from "./sending.js";

const PATIENCE = 4000;

export function connect(form, { signal }) {
  const sync = () => sendAll({ signal });
  if (navigator.onLine) sync();
  addEventListener("online", sync, { signal });
  let isTold = false;
  form.addEventListener(
    "submit",
    async (event) => {
      const places = keptPlaces();
      if (places.length === 0) return;
      event.preventDefault();
      const left = await sendAll({ signal, timeout: PATIENCE, withOpen: true });
      if (left > 0 && !isTold) {
        isTold = true;
        warn(form);
        return;
      }
      for (const place of keptPlaces()) forget(place);
      HTMLFormElement.prototype.submit.call(form);
    },
    { signal },
  );
}

/** Resolves with the number of texts that could not be sent. What is open in a form here is sent by that form. */
async function sendAll({ signal, timeout, withOpen = false }) {
  let left = 0;
  for (const place of keptPlaces()) {
    const kept = recall(place);
    if (!withOpen && document.querySelector(`form[data-place="${CSS.escape(place)}"]`)) continue;
    if (kept === null) {
      forget(place);
      continue;
    }
    try {
      await sendDraft(place, kept, { signal, timeout });
      forget(place);
    } catch {
      if (signal.aborted) return left;
      // Another text is on the server: both are shown where it is written on.
      left += 1;
    }
  }
  return left;
}

function warn(form) {
  const words = "Something you wrote is only in this browser, because the server does not take it now. Log out once more to discard it.";
  form.before(element("p", { class: "menu-head", role: "alert" }, words));
  announce(words);
}
