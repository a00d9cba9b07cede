// The projector: question, slides, poll or how to join, in large type. It asks for the whole state again after each change, at most
// once a second; one page of the lecture hall can afford that. Keys choose what is shown; who leads chooses for every projector.

import { send } from "../../core/channel.js";
import { all, fill, isTyping } from "../../core/dom.js";
import { request } from "../../core/http.js";
import { serverNow } from "../../core/time.js";
import { follow, sessionOf } from "./hub.js";
import { Pages, put } from "./pages.js";

const PAUSE = 1000;
// Longer questions stand in smaller letters, so that all of them fit.
const LONG = 160;
const LONGEST = 320;
const KEYS = { q: "question", s: "slides", p: "poll", j: "join" };
const TURNS = { ArrowLeft: -1, PageUp: -1, ArrowRight: 1, PageDown: 1, " ": 1 };

export function connect(root, { signal }) {
  const screen = new Screen(root, signal);
  follow(root, { signal, onMessage: (message) => screen.hear(message), onEphemeral: (message) => screen.count(message) });
  document.addEventListener("keydown", (event) => screen.key(event), { signal, capture: true });
}

class Screen {
  constructor(root, signal) {
    const { key, page, revision, leads, slidesAddress } = root.dataset;
    Object.assign(this, { root, signal, leads: leads === "true", timer: null, session: sessionOf(root) });
    this.slides = { key, page: Number(page), revision: Number(revision), pages: 0 };
    this.pages = new Pages(slidesAddress, { signal });
    const clock = setInterval(() => this.tick(), 1000);
    this.tick();
    signal.addEventListener("abort", () => (clearTimeout(this.timer), clearInterval(clock)), { once: true });
  }

  hear({ data }) {
    if (data.projector) this.show(data.projector.view);
    if (data.slides) this.turnTo(data.slides);
    this.timer ??= setTimeout(() => this.refresh(), PAUSE);
  }

  count({ kind, data }) {
    if (kind === "presence.changed") for (const one of all("[data-present]", this.root)) one.textContent = String(data.count);
  }

  tick() {
    const words = new Date(serverNow()).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
    for (const one of all("[data-wall]", this.root)) if (one.textContent !== words) one.textContent = words;
  }

  async key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const view = Object.hasOwn(KEYS, event.key) ? KEYS[event.key] : null;
    const step = Object.hasOwn(TURNS, event.key) ? TURNS[event.key] : 0;
    if (!view && !(step && this.leads && this.slides.key)) return;
    event.preventDefault();
    // Elsewhere the same letters do other things.
    event.stopImmediatePropagation();
    if (view) this.show(view);
    if (!this.leads) return;
    try {
      if (view) await send("projector.show", { session_id: this.session, view });
      else this.turnTo((await send("slide.show", { session_id: this.session, page: this.#page(step) })).slides);
    } catch {
      // What the hall sees stays; the next message sets it right.
    }
  }

  show(view) {
    this.root.dataset.view = view;
    for (const one of all("[data-show]", this.root)) one.hidden = one.dataset.show !== view;
    for (const one of all("[data-corner]", this.root)) one.hidden = view === "join";
  }

  async turnTo(slides) {
    this.slides = slides;
    const image = this.root.querySelector("[data-slide-image]");
    const none = this.root.querySelector("[data-no-slides]");
    none.hidden = Boolean(slides.key);
    if (!slides.key) {
      image.hidden = true;
      return;
    }
    try {
      const page = await this.pages.find(slides, slides.page);
      if (page && this.slides.page === page.number) {
        put(image, page);
        image.removeAttribute("srcset");
      }
      await this.pages.prepare(slides, slides.page + 1);
    } catch {
      // The page that is shown stays until the next message.
    }
  }

  async refresh() {
    this.timer = null;
    try {
      this.write(await request(this.root.dataset.stateAddress, { signal: this.signal, background: true }));
    } catch {
      // The next message brings the next try; until then the hall keeps what it sees.
    }
  }

  write({ session, questions, hands }) {
    const { root } = this;
    const current = questions.find((one) => one.state === "answering");
    const next = questions.find((one) => one.state === "open");
    const words = session.state === "ended" ? "This session has ended. Thank you for coming" : "The next question is being chosen";
    fill(root, {
      body: current?.body ?? words,
      author: current?.author?.display_name ?? "",
      score: current?.score ?? 0,
      next: next?.body ?? "",
    });
    const length = current?.body.length ?? 0;
    for (const one of all("[data-length]", root)) one.dataset.length = length > LONGEST ? "longest" : length > LONG ? "long" : "short";
    root.querySelector("[data-now-meta]").hidden = !current;
    root.querySelector("[data-next-line]").hidden = !next;
    for (const one of all("[data-session-title]", root)) one.textContent = session.title;
    for (const one of all("[data-left] time", root)) one.dateTime = session.ends_at;
    // The clock stands still in a pause, so nothing is said of what is left.
    root.querySelector("[data-paused]").hidden = !session.paused_at;
    root.querySelector("[data-left]").hidden = Boolean(session.paused_at);
    this.#floor((hands ?? []).find((one) => one.state === "speaking"));
  }

  #page(step) {
    return Math.max(1, this.slides.pages ? Math.min(this.slides.page + step, this.slides.pages) : this.slides.page + step);
  }

  #floor(hand) {
    const place = this.root.querySelector("[data-floor]");
    place.hidden = !hand;
    if (!hand) return;
    fill(place, { speaker: hand.person.display_name });
    const left = place.querySelector("[data-floor-time]");
    const time = left.querySelector("time");
    left.hidden = !hand.until_at;
    time.toggleAttribute("data-remaining", Boolean(hand.until_at));
    if (hand.until_at) time.dateTime = hand.until_at;
  }
}
