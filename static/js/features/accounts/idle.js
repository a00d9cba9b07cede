// Warns whoever is about to be logged out because nothing was done for long, in time to stay. The server knows when that is: other
// windows and what is written in a live session count too, so it is asked before anybody is warned. Asking is no activity.

import { element } from "../../core/dom.js";
import { request } from "../../core/http.js";
import { clock, serverNow } from "../../core/time.js";

const ADDRESS = "/api/v1/me/login";
// A hidden page may get its turn a minute late and still has to warn in time.
const AHEAD = 120000;
const TICK = 1000;
const LATEST_TIMER = 2 ** 31 - 1;
const SIGNS = ["keydown", "pointerdown"];

export function connect(body, { signal }) {
  new Watch(body, signal).start();
}

class Watch {
  constructor(body, signal) {
    Object.assign(this, { body, signal, timer: null, dialog: null, seen: -Infinity, over: false });
    this.ends = Date.parse(body.dataset.loginEnds);
    this.windows = typeof BroadcastChannel === "function" ? new BroadcastChannel("login") : null;
  }

  start() {
    const { signal } = this;
    this.windows?.addEventListener("message", ({ data }) => this.#moved(data), { signal });
    // A page that was just made is a sign of life for the windows beside it.
    this.#tell();
    for (const type of SIGNS) {
      addEventListener(type, (event) => event.isTrusted && !this.dialog && (this.seen = serverNow()), { signal, capture: true, passive: true });
    }
    document.addEventListener("visibilitychange", () => document.hidden || this.#look(), { signal });
    signal.addEventListener("abort", () => this.#stop(), { once: true });
    this.#plan();
  }

  #stop() {
    clearTimeout(this.timer);
    this.windows?.close();
    this.dialog?.remove();
  }

  #tell() {
    this.windows?.postMessage({ user: this.body.dataset.userId, ends: this.ends });
  }

  #plan(delay = this.ends - AHEAD - serverNow()) {
    clearTimeout(this.timer);
    if (this.over || this.signal.aborted) return;
    this.timer = setTimeout(() => this.#look(), Math.min(Math.max(delay, 0), LATEST_TIMER));
  }

  // Somebody stayed here or elsewhere.
  #moved({ user, ends } = {}) {
    if (user !== this.body.dataset.userId || !Number.isFinite(ends) || ends <= this.ends) return;
    this.ends = ends;
    this.over = false;
    this.#close();
    this.#plan();
  }

  async #look() {
    if (this.over || this.asking) return undefined;
    if (this.dialog) return this.#count();
    if (this.ends - serverNow() > AHEAD) return this.#plan();
    // Whoever typed a moment ago is there, although the server has not heard of it yet.
    const isHere = serverNow() - this.seen < AHEAD;
    await this.#ask(isHere ? { method: "POST" } : { background: true });
    if (this.signal.aborted || this.ends - serverNow() > AHEAD) return undefined;
    this.#warn();
    return this.#count();
  }

  async #ask(options) {
    this.asking = true;
    try {
      const { ends_at: ends } = await request(ADDRESS, { signal: this.signal, timeout: 8000, ...options });
      this.#moved({ user: this.body.dataset.userId, ends: Date.parse(ends) });
      this.#tell();
    } catch (error) {
      if (error.status === 401) this.ends = Math.min(this.ends, serverNow());
    } finally {
      this.asking = false;
      this.#plan(this.dialog ? 0 : undefined);
    }
  }

  #warn() {
    this.text = element("p", { id: "idle-text" });
    this.trouble = element("p", { role: "alert" });
    this.stay = element("button", { type: "button", class: "button button--primary" }, "Stay logged in");
    this.dialog = element(
      "dialog",
      { class: "sheet stack", role: "alertdialog", "aria-labelledby": "idle-title", "aria-describedby": "idle-text", "data-idle": true },
      element("h2", { id: "idle-title" }, "Are you still there?"),
      this.text,
      this.trouble,
      element("p", { class: "cluster" }, this.stay),
    );
    this.stay.addEventListener("click", () => this.#stay());
    // Escape says as well that somebody is here.
    this.dialog.addEventListener("cancel", (event) => (event.preventDefault(), this.over ? this.#close() : this.#stay()));
    this.body.append(this.dialog);
    this.dialog.showModal();
  }

  #count() {
    const left = this.ends - serverNow();
    if (left <= 0) return this.#end();
    this.text.textContent = `Nothing was done for a long time. You will be logged out in ${clock(left)}.`;
    return this.#plan(TICK);
  }

  async #stay() {
    await this.#ask({ method: "POST" });
    if (this.dialog && this.ends > serverNow()) this.trouble.textContent = "The server could not be reached. Try again.";
  }

  #end() {
    clearTimeout(this.timer);
    this.over = true;
    const here = location.pathname + location.search;
    const again = element("a", { class: "button button--primary", href: `${this.body.dataset.loginPage}?${new URLSearchParams({ next: here })}` }, "Log in again");
    const close = element("button", { type: "button", class: "button button--quiet" }, "Close");
    close.addEventListener("click", () => this.#close());
    this.dialog.querySelector("h2").textContent = "You were logged out";
    this.text.textContent = "Nothing was done for a long time. Drafts are kept.";
    this.trouble.textContent = "";
    this.stay.parentElement.replaceChildren(again, close);
    again.focus();
  }

  #close() {
    this.dialog?.close();
    this.dialog?.remove();
    this.dialog = null;
  }
}
