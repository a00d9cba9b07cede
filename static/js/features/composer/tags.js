// Suggests tags while the last one of the line is written: a combobox with a list, by the keys that people expect there.
// Without this script the field is plain text with the browser's own list.

import { announce } from "../../core/announce.js";
import { all, delegate, fromTemplate, need } from "../../core/dom.js";
import { request } from "../../core/http.js";

const PAUSE = 180;

export function connect(root, { signal }) {
  new TagBox(root, signal).start();
}

class TagBox {
  constructor(root, signal) {
    Object.assign(this, { root, signal, timer: null, asked: 0, active: -1 });
    this.field = need("input", root);
    this.list = need("[data-options]", root);
    this.template = need("[data-option]", root);
  }

  start() {
    const { field, signal } = this;
    // The browser's list would cover this one.
    field.removeAttribute("list");
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id })) {
      field.setAttribute(name, value);
    }
    field.addEventListener("input", () => this.#later(), { signal });
    field.addEventListener("keydown", (event) => this.#key(event), { signal });
    field.addEventListener("blur", () => this.#close(), { signal });
    // Before the field loses the focus, so that the list is still there.
    delegate(this.list, "pointerdown", "[role=option]", (event, option) => this.#pressed(event, option), { signal });
    signal.addEventListener("abort", () => clearTimeout(this.timer), { once: true });
  }

  #typed() {
    return this.field.value.slice(this.field.value.lastIndexOf(",") + 1).trim();
  }

  #later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#ask(), PAUSE);
  }

  async #ask() {
    const words = this.#typed();
    const number = ++this.asked;
    if (words.length < 2) {
      this.#close();
      return;
    }
    try {
      const address = `${this.root.dataset.suggestions}?${new URLSearchParams({ q: words.slice(0, 80) })}`;
      const { items } = await request(address, { signal: this.signal });
      // An answer that comes late belongs to words that are there no more.
      if (number === this.asked && document.activeElement === this.field) this.#show(items);
    } catch {
      if (!this.signal.aborted) this.#close();
    }
  }

  #show(items) {
    const options = items.map((item, index) => {
      const option = fromTemplate(this.template, { name: item.name, because: item.because ? `also called ${item.because}` : null });
      option.id = `${this.list.id}-${index}`;
      option.dataset.name = item.name;
      return option;
    });
    this.list.replaceChildren(...options);
    this.list.hidden = options.length === 0;
    this.field.setAttribute("aria-expanded", String(options.length > 0));
    this.#mark(-1);
    if (options.length > 0) announce(`${options.length} ${options.length === 1 ? "tag" : "tags"} suggested`);
  }

  #key(event) {
    const options = all("[role=option]", this.list);
    if (this.list.hidden || options.length === 0) return;
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps) {
      event.preventDefault();
      const next = this.active + steps[event.key];
      this.#mark(next < 0 ? options.length - 1 : next % options.length);
    } else if (event.key === "Enter" && this.active >= 0) {
      event.preventDefault();
      this.#take(options[this.active]);
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.#close();
    }
  }

  #mark(index) {
    this.active = index;
    all("[role=option]", this.list).forEach((option, place) => {
      option.setAttribute("aria-selected", String(place === index));
      if (place !== index) return;
      option.scrollIntoView({ block: "nearest" });
      this.field.setAttribute("aria-activedescendant", option.id);
    });
    if (index < 0) this.field.removeAttribute("aria-activedescendant");
  }

  #pressed(event, option) {
    event.preventDefault();
    this.#take(option);
  }

  #take(option) {
    const before = this.field.value.slice(0, this.field.value.lastIndexOf(",") + 1);
    this.field.value = `${before ? `${before.trimEnd()} ` : ""}${option.dataset.name}, `;
    this.field.dispatchEvent(new Event("change", { bubbles: true }));
    this.#close();
    announce(`${option.dataset.name} added`);
  }

  #close() {
    this.asked += 1;
    clearTimeout(this.timer);
    this.list.hidden = true;
    this.field.setAttribute("aria-expanded", "false");
    this.#mark(-1);
  }
}
