// The queue of reports, kept up to date: a new report or a decision elsewhere changes the counts and says so above the list.
import { announce } from "../../core/announce.js";
import { openChannel } from "../../core/channel.js";
import { need } from "../../core/dom.js";

export function connect(element) {
  const news = need("[data-queue-news]", element);
  const channel = openChannel({
    channel: element.dataset.channel,
    since: Number(element.dataset.since),
    onMessage({ kind, data }) {
      if (typeof data.waiting !== "number") {
        return;
      }
      showCount(element, data.waiting);
      news.hidden = false;
      announce(kind === "flag.resolved" ? "A report was decided." : "A new report has come in.");
    },
  });
  return () => channel.close();
}

function showCount(element, waiting) {
  const places = [element.querySelector(".chip .numeric"), document.querySelector(".tabs [aria-current] .count")];
  for (const place of places) {
    if (place) {
      place.textContent = String(waiting);
    }
  }
}
