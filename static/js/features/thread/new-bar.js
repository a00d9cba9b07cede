// The bar that says how much has arrived out of sight. What comes into sight is counted as seen; a click leads to the first.

import { prefersStillness } from "../../core/dom.js";

export class NewBar {
  constructor(bar, signal) {
    Object.assign(this, { bar, unseen: new Set(), elsewhere: 0, address: null, words: null });
    this.watcher = new IntersectionObserver((entries) => this.#seen(entries), { threshold: 0.01 });
    bar.addEventListener("click", (event) => this.#go(event), { signal });
    signal.addEventListener("abort", () => this.watcher.disconnect(), { once: true });
  }

  /** Count a post that was added to the page. */
  add(post) {
    this.unseen.add(post);
    this.watcher.observe(post);
  }

  /** Count a post that stands on another page of the thread. */
  addElsewhere(address) {
    this.elsewhere += 1;
    this.address ??= address;
    this.#show();
  }

  /** Say something else, with the address where it is shown. */
  say(words, address) {
    this.words = words;
    this.address = address;
    this.#show();
  }

  #seen(entries) {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      this.unseen.delete(target);
      this.watcher.unobserve(target);
    }
    this.#show();
  }

  #show() {
    for (const post of this.unseen) if (!post.isConnected) this.unseen.delete(post);
    const count = this.unseen.size + this.elsewhere;
    this.bar.hidden = count === 0 && !this.words;
    this.bar.textContent = this.words ?? `${count} new ${count === 1 ? "reply" : "replies"}`;
    this.bar.href = this.address ?? "#answers";
  }

  #said() {
    this.words = this.address = null;
    // After the browser has followed the link.
    setTimeout(() => this.#show());
  }

  #go(event) {
    if (this.words) {
      // What is shown on this page has been said; replies that came meanwhile are counted again.
      if (this.bar.getAttribute("href").startsWith("#")) this.#said();
      return;
    }
    const [first] = this.unseen;
    if (!first) return;
    event.preventDefault();
    first.scrollIntoView({ block: "center", behavior: prefersStillness() ? "instant" : "smooth" });
    first.focus({ preventScroll: true });
  }
}
