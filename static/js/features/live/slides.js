// The slides: they move for everybody. A reader may look at other pages, and comes back by a button that says where the speaker is.

import { announce } from "../../core/announce.js";
import { send } from "../../core/channel.js";
import { all, delegate, need } from "../../core/dom.js";
import { follow, sessionOf } from "./hub.js";
import { Pages, put } from "./pages.js";

const QUIET = 900;
const MOST_WORDS = 140;
const STEPS = { ArrowLeft: -1, PageUp: -1, ArrowRight: 1, PageDown: 1 };

export function connect(element, { signal }) {
  const slides = new Slides(element, signal);
  follow(element, { signal, onMessage: ({ data }) => data.slides && slides.hear(data.slides) });
  slides.listen();
}

class Slides {
  constructor(element, signal) {
    const { key, page, pages, revision, own, leads, address } = element.dataset;
    this.now = { key, page: Number(page), pages: Number(pages), revision: Number(revision) };
    Object.assign(this, { element, signal, session: sessionOf(element), own: Number(own) || null, leads: leads === "true", timer: null });
    this.live = element.closest("[data-live]").dataset.sessionState === "live";
    this.pages = new Pages(address, { signal });
    if (key) this.#prepare();
  }

  get #number() {
    return this.own ?? this.now.page;
  }

  hear(slides) {
    const isNew = slides.key !== this.now.key;
    if (isNew) this.own = null;
    const moved = isNew || slides.page !== this.now.page;
    this.now = slides;
    if (this.own === slides.page) this.own = null;
    this.element.hidden = !slides.key;
    this.#show({ aloud: moved && this.own === null });
  }

  listen() {
    const { element, signal } = this;
    delegate(element, "submit", "[data-turn]", (event, form) => this.#turn(event, Number(form.dataset.turn)), { signal });
    delegate(element, "click", "[data-look]", (event, link) => plain(event) && this.#look(event, Number(link.dataset.look)), { signal });
    delegate(element, "click", "[data-rejoin]", (event) => plain(event) && this.#rejoin(event), { signal });
    need("[data-frame]", element).addEventListener("keydown", (event) => this.#key(event), { signal });
    signal.addEventListener("abort", () => clearTimeout(this.timer), { once: true });
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && this.own !== null) this.#rejoin(event);
    else if (event.key === "Home") this.#go(event, 1);
    else if (event.key === "End") this.#go(event, this.now.pages);
    else if (event.key in STEPS) this.#go(event, this.#number + STEPS[event.key]);
  }

  #go(event, number) {
    if (this.leads && this.live) this.#turn(event, number - this.now.page);
    else this.#look(event, number - this.#number);
  }

  async #turn(event, step) {
    event.preventDefault();
    const page = this.#within(this.now.page + step);
    if (page === this.now.page) return;
    // The speaker sees the page at once; the server's word follows.
    this.hear({ ...this.now, page });
    try {
      const { slides } = await send("slide.show", { session_id: this.session, page });
      this.hear(slides);
    } catch (error) {
      announce(error.message);
    }
  }

  #look(event, step) {
    event.preventDefault();
    const page = this.#within(this.#number + step);
    this.own = page === this.now.page ? null : page;
    this.#show({ aloud: true });
  }

  #rejoin(event) {
    event.preventDefault();
    this.own = null;
    this.#show({ aloud: true });
    need("[data-frame]", this.element).focus({ preventScroll: true });
  }

  #within(number) {
    return Math.min(Math.max(number, 1), Math.max(this.now.pages, 1));
  }

  async #show({ aloud }) {
    if (!this.now.key) return;
    const number = this.#number;
    try {
      const page = await this.pages.find(this.now, number);
      if (!page || number !== this.#number) return;
      put(need("[data-slide-image]", this.element), page);
      need("[data-alt]", this.element).textContent = page.alt || "Nothing is written on this slide.";
      this.#write(number);
      if (aloud) this.#say(page);
      this.#prepare();
    } catch (error) {
      if (!this.signal.aborted) announce(error.message);
    }
  }

  #write(number) {
    for (const one of all("[data-number]", this.element)) one.textContent = String(number);
    for (const one of all("[data-total]", this.element)) one.textContent = String(this.now.pages);
    for (const one of all("[data-shown]", this.element)) one.textContent = String(this.now.page);
    need("[data-rejoin]", this.element).hidden = this.own === null || !this.live;
  }

  #prepare() {
    const next = this.#number + 1;
    if (next <= this.now.pages) this.pages.prepare(this.now, next).catch(() => null);
  }

  // A speaker who leafs through five pages is heard once, at the last of them.
  #say(page) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (this.element.offsetParent === null || document.hidden) return;
      const text = page.alt.length > MOST_WORDS ? `${page.alt.slice(0, MOST_WORDS)}…` : page.alt;
      announce(`Slide ${page.number} of ${this.now.pages}${text ? `: ${text}` : ""}`);
    }, QUIET);
  }
}

function plain(event) {
  return !(event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0);
}
