// One's own questions that nobody else sees: waiting for approval, or declined with a reason. A decision about them reaches the
// channel of everybody as something that is not shown; then this part asks what became of its own.

import { announce } from "../../core/announce.js";
import { fill, fromTemplate, need } from "../../core/dom.js";
import { request } from "../../core/http.js";
import { follow } from "./hub.js";

const PAUSE = 700;
const STATES = { pending: "waits for approval; only you and who leads see it", declined: "was not taken into the queue" };

export function connect(element, { signal }) {
  const mine = new Mine(element, signal);
  follow(element, { signal, onMessage: (message) => mine.hear(message) });
  element.closest("[data-live]").addEventListener("live:pending", (event) => mine.write(event.detail), { signal });
}

class Mine {
  constructor(element, signal) {
    Object.assign(this, { element, signal, timer: null });
    this.list = need("[data-mine-list]", element);
    signal.addEventListener("abort", () => clearTimeout(this.timer), { once: true });
  }

  hear({ kind, data }) {
    for (const question of data.questions ?? []) if (question.state) this.write(question);
    if (kind === "hidden" && this.list.querySelector('[data-state="pending"]')) this.timer ??= setTimeout(() => this.#refresh(), PAUSE);
  }

  /** Show a question of one's own as it is now; one that everybody sees leaves the list. */
  write(question) {
    let item = this.list.querySelector(`[data-mine="${Number(question.id)}"]`);
    const words = STATES[question.state];
    if (!words) {
      if (item) announce("Your question is in the queue.");
      item?.remove();
    } else {
      const before = item?.dataset.state;
      if (!item) this.list.append((item = fromTemplate("live-mine")));
      item.dataset.mine = String(question.id);
      item.dataset.state = question.state;
      fill(item, { body: question.body, author: question.author?.display_name ?? "", state: words, reason: question.state_reason || false });
      if (before === "pending" && question.state === "declined") announce(`Your question was not taken into the queue. ${question.state_reason}`);
    }
    this.element.hidden = this.list.childElementCount === 0;
  }

  async #refresh() {
    this.timer = null;
    try {
      const { items } = await request(this.element.dataset.address, { signal: this.signal, background: true });
      for (const question of items) if (this.list.querySelector(`[data-mine="${question.id}"]`)) this.write(question);
    } catch {
      // The next decision brings the next try, and a reload shows everything.
    }
  }
}
