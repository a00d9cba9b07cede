// One's own place: follows how many come and wait, and asks for one's place in line when that may have changed.

import { announce } from "../../core/announce.js";
import { all } from "../../core/dom.js";
import { request } from "../../core/http.js";
import { follow } from "./hub.js";

// Hundreds may wait; they must not all ask in the same moment.
const SPREAD = 2000;

export function connect(box, { signal }) {
  const places = new Places(box, signal);
  follow(box, { signal, onMessage: (message) => places.hear(message) });
}

class Places {
  constructor(box, signal) {
    Object.assign(this, { box, signal, capacity: Number(box.dataset.capacity) || null, going: null, timer: null });
  }

  hear({ kind, data }) {
    const session = data.session ?? {};
    if ("capacity" in session) this.capacity = session.capacity;
    if ("going_count" in session) this.going = session.going_count;
    const counts = kind.startsWith("rsvp.") || kind === "session.changed" || kind === "series.changed";
    if (!counts) return;
    // Who has a place keeps it unless the session is limited to others, which a change of the session brings.
    if (this.box.dataset.state === "waiting" || (this.box.dataset.state === "going" && (kind !== "rsvp.given"))) this.#askSoon();
    else if (["free", "full"].includes(this.box.dataset.state) && this.going !== null) this.#show(this.#open());
  }

  #open() {
    return this.capacity !== null && this.going !== null && this.going >= this.capacity ? "full" : "free";
  }

  #askSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#ask(), 200 + Math.random() * SPREAD);
  }

  async #ask() {
    try {
      const mine = await request(this.box.dataset.address, { signal: this.signal, background: true });
      const before = this.box.dataset.state;
      const position = this.box.querySelector("[data-position]");
      if (mine.position !== null) position.textContent = String(mine.position);
      this.#show(["going", "waiting"].includes(mine.state) ? mine.state : this.#open());
      if (before === "waiting" && mine.state === "going") announce("A place became free. It is yours.");
    } catch {
      // The next message, or the next visit, tells it.
      return;
    }
  }

  #show(state) {
    this.box.dataset.state = state;
    for (const one of all("[data-place]", this.box)) one.hidden = one.dataset.place !== state;
  }
}
