// Shows what was asked before while a thread is written. It asks when somebody pauses, never moves the field that is being
// written in, and says how many there are, once for each new number.

import { announce } from "../../core/announce.js";
import { all } from "../../core/dom.js";
import { adopt, fetchPage } from "../../core/page.js";

const PAUSE = 700;
const LEAST = 12;
const LEFT_OUT = new Set(["title", "tags", "reason", "setting", "age_band"]);

export function connect(place, { signal }) {
  const form = place.closest("form");
  if (form) new SimilarThreads(place, form, signal).start();
}

class SimilarThreads {
  constructor(place, form, signal) {
    Object.assign(this, { place, form, signal, timer: null, asked: "", number: 0, count: 0 });
  }

  start() {
    const { form, signal } = this;
    form.addEventListener("input", (event) => event.target.matches("input[name=title], textarea") && this.#later(), { signal });
    signal.addEventListener("abort", () => clearTimeout(this.timer), { once: true });
    this.#later();
  }

  #later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#ask(), PAUSE);
  }

  #typed() {
    const fields = all("textarea", this.form).filter((one) => one.name && !LEFT_OUT.has(one.name));
    return { title: this.form.elements.title?.value.trim() ?? "", text: fields.map((one) => one.value.trim()).filter(Boolean).join("\n") };
  }

  async #ask() {
    const typed = this.#typed();
    const key = JSON.stringify(typed);
    if (key === this.asked || typed.title.length + typed.text.length < LEAST) return;
    this.asked = key;
    const number = ++this.number;
    try {
      const page = await fetchPage(this.place.dataset.similarUrl, { form: new URLSearchParams(typed), signal: this.signal });
      if (number === this.number) this.#show(page);
    } catch (error) {
      // It is a hint: without it one writes on. The next pause tries again.
      if (error.name !== "AbortError") this.asked = "";
    }
  }

  #show(page) {
    const found = page.querySelector("[data-similar-count]");
    this.place.replaceChildren(...adopt(found ? [found] : []));
    const count = Number(found?.dataset.similarCount ?? 0);
    if (count > 0) this.form.elements.seen_similar.value = "1";
    if (count > 0 && count !== this.count) announce(`${count} similar ${count === 1 ? "thread" : "threads"} below the form`);
    this.count = count;
  }
}
