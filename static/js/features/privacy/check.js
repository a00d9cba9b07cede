// Looks through what is written when the writer pauses. The same rules stand on the server before anything is published; this only
// tells earlier, so when the server cannot be reached nothing is said and nothing is lost.

import { request } from "../../core/http.js";
import { checkedFields, showFindings } from "./findings.js";

const PAUSE = 700;

export function connect(form, { signal }) {
  new Checker(form, signal).start();
}

class Checker {
  constructor(form, signal) {
    Object.assign(this, { form, signal, timer: null, running: null, seen: "" });
    this.room = new URL(form.getAttribute("action") ?? "", location.href).pathname.match(/^\/rooms\/([^/]+)\//)?.[1];
  }

  start() {
    const { form, signal } = this;
    form.addEventListener("input", (event) => event.target.matches("[type=checkbox]") || this.#soon(PAUSE), { signal });
    form.addEventListener("reset", () => this.#soon(0), { signal });
    signal.addEventListener("abort", () => clearTimeout(this.timer), { once: true });
    this.#soon(0);
  }

  #soon(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#look(), wait);
  }

  async #look() {
    const parts = Object.fromEntries(checkedFields(this.form).map((field) => [field.name, field.value]));
    const text = JSON.stringify(parts);
    if (text === this.seen) return;
    this.running?.abort();
    const life = (this.running = new AbortController());
    this.signal.addEventListener("abort", () => life.abort(), { once: true });
    if (Object.values(parts).every((value) => value.trim() === "")) {
      this.seen = text;
      showFindings(this.form, []);
      return;
    }
    try {
      const { findings } = await request("/api/v1/privacy/check", { json: { parts, room: this.room }, signal: life.signal });
      this.seen = text;
      showFindings(this.form, findings, { onChange: () => this.#soon(0) });
    } catch {
      // Somebody wrote on, or the server is away: the next pause asks again, and the server looks in any case before it publishes.
      this.seen = "";
    }
  }
}
