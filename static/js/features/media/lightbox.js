// Shows the pictures of a post over the page, one at a time, as large as wanted. Without it the links open the files themselves.

import { all, delegate, element, need } from "../../core/dom.js";

const MOST_ZOOM = 4;

export function connect(root, { signal }) {
  let lightbox = null;
  delegate(
    root,
    "click",
    "[data-lightbox]",
    (event, link) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
      event.preventDefault();
      lightbox ??= new Lightbox(root, signal);
      lightbox.open(link);
    },
    { signal },
  );
  return () => lightbox?.remove();
}

class Lightbox {
  constructor(root, signal) {
    this.links = all("[data-lightbox]", root);
    this.signal = signal;
    this.#build();
  }

  open(link) {
    this.from = link;
    this.#show(this.links.indexOf(link));
    this.dialog.showModal();
    this.stage.focus();
  }

  remove() {
    this.dialog.remove();
  }

  #build() {
    const button = (words, label, act) => {
      const made = element("button", { type: "button", class: "button button--small", "aria-label": label }, words);
      made.addEventListener("click", act, { signal: this.signal });
      return made;
    };
    this.count = element("p", { class: "lightbox-count", role: "status" });
    this.picture = element("img", { alt: "" });
    this.stage = element("div", { class: "lightbox-stage", tabindex: "0", role: "group", "aria-label": "Picture", "data-zoom": "1" }, this.picture);
    this.words = element("p", { class: "lightbox-words" });
    this.before = button("Previous", "Previous picture", () => this.#step(-1));
    this.after = button("Next", "Next picture", () => this.#step(1));
    this.smaller = button("−", "Smaller", () => this.#zoom(this.zoom - 1));
    this.larger = button("+", "Larger", () => this.#zoom(this.zoom + 1));
    const close = button("Close", "Close the picture", () => this.dialog.close());
    const bar = element("div", { class: "lightbox-bar" }, this.count, this.before, this.after, this.smaller, this.larger, close);
    this.dialog = element("dialog", { class: "lightbox", "aria-label": "Picture, enlarged" }, bar, this.stage, this.words);
    this.dialog.addEventListener("keydown", (event) => this.#key(event), { signal: this.signal });
    this.dialog.addEventListener("close", () => this.from?.focus(), { signal: this.signal });
    this.picture.addEventListener("dblclick", () => this.#zoom(this.zoom === 1 ? 3 : 1), { signal: this.signal });
    document.body.append(this.dialog);
  }

  #show(index) {
    this.index = index;
    const link = this.links[index];
    const small = need("img", link);
    this.picture.src = link.href;
    this.picture.alt = small.alt;
    this.words.textContent = link.closest("figure")?.querySelector("figcaption")?.textContent ?? "";
    this.words.hidden = !this.words.textContent;
    this.count.textContent = this.links.length > 1 ? `Picture ${index + 1} of ${this.links.length}` : "";
    this.before.hidden = this.after.hidden = this.links.length < 2;
    this.before.disabled = index === 0;
    this.after.disabled = index === this.links.length - 1;
    this.#zoom(1);
  }

  #step(by) {
    const next = this.index + by;
    if (next >= 0 && next < this.links.length) this.#show(next);
  }

  #zoom(level) {
    this.zoom = Math.min(Math.max(level, 1), MOST_ZOOM);
    this.stage.dataset.zoom = String(this.zoom);
    this.smaller.disabled = this.zoom === 1;
    this.larger.disabled = this.zoom === MOST_ZOOM;
  }

  // Arrow keys scroll what is larger than the window, and lead on where it is not.
  #key(event) {
    const steps = { ArrowLeft: -1, ArrowRight: 1 };
    if (event.key === "+" || event.key === "=") this.#zoom(this.zoom + 1);
    else if (event.key === "-") this.#zoom(this.zoom - 1);
    else if (event.key === "0") this.#zoom(1);
    else if (event.key in steps && this.zoom === 1) this.#step(steps[event.key]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
