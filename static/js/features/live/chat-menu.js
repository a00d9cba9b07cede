// What can be done with one line of chat: react, reply, pin. One menu for all lines, laid over the one it is about, so nothing
// moves; Enter on a line opens it, Escape goes back to the line.

import { announce } from "../../core/announce.js";
import { send } from "../../core/channel.js";
import { delegate, need } from "../../core/dom.js";
import { hideQuotes, setOwn, ownKinds, short, signsOf, writeReactions } from "./chat-line.js";
import { follow, sessionOf } from "./hub.js";

export function connect(element, { signal }) {
  const menu = new Menu(element);
  follow(element, { signal, onMessage: (message) => menu.hear(message) });
  menu.listen(signal);
}

class Menu {
  constructor(element) {
    Object.assign(this, { element, session: sessionOf(element), signs: signsOf(element) });
    this.log = need("[data-chat-log]", element);
    this.menu = element.querySelector("[data-chat-menu]");
    this.form = element.querySelector("[data-chat-form]");
  }

  hear({ kind, data }) {
    if (data.reactions) {
      const item = this.#find(data.reactions.id);
      if (item) writeReactions(item, data.reactions.counts, this.signs);
    }
    if ("pinned" in data) this.#pinned(data.pinned);
    if (kind === "chat.hidden" && data.chat) {
      hideQuotes(this.log, data.chat.id);
      if (this.menu?.closest(`[data-message="${data.chat.id}"]`)) this.#close();
    }
  }

  listen(signal) {
    const { element, log, menu } = this;
    delegate(element, "click", "[data-jump]", (event, link) => this.#jump(event, link), { signal });
    delegate(log, "click", "[data-react]", (_event, button) => this.#react(button), { signal });
    if (!menu) return;
    delegate(log, "click", "[data-chat-more]", (event, link) => this.#open(event, link.closest("[data-message]")), { signal });
    delegate(menu, "click", "[data-reply]", () => this.#reply(), { signal });
    delegate(menu, "click", "[data-pin]", () => this.#pin(), { signal });
    delegate(element, "click", "[data-reply-cancel]", () => this.#answer(null), { signal });
    element.addEventListener("live:sent", () => this.#answer(null), { signal });
    log.addEventListener("keydown", (event) => this.#key(event), { signal });
    menu.addEventListener("focusout", (event) => {
      if (!menu.hidden && event.relatedTarget && !menu.contains(event.relatedTarget)) this.#close();
    }, { signal });
    document.addEventListener("pointerdown", (event) => {
      if (!menu.hidden && !menu.contains(event.target)) this.#close();
    }, { signal });
  }

  #find(id) {
    return this.log.querySelector(`[data-message="${Number(id)}"]`);
  }

  #about() {
    return this.menu.closest("[data-message]");
  }

  #key(event) {
    const item = event.target.closest("[data-message]");
    if (event.key === "Enter" && item && event.target === item) this.#open(event, item);
    else if (event.key === "Escape" && !this.menu.hidden) {
      event.stopPropagation();
      const about = this.#about();
      this.#close();
      about.focus({ preventScroll: true });
    }
  }

  #open(event, item) {
    event.preventDefault();
    if (item.classList.contains("is-hidden")) return;
    const { menu } = this;
    const mine = ownKinds(item);
    for (const button of menu.querySelectorAll("[data-react]")) button.setAttribute("aria-pressed", String(mine.has(button.dataset.react)));
    const pin = menu.querySelector('[data-field="pin"]');
    if (pin) pin.textContent = this.#isPinned(item) ? "Unpin" : "Pin";
    item.append(menu);
    menu.hidden = false;
    menu.querySelector("button").focus({ preventScroll: true });
  }

  // The menu rests outside of the log, or it would go with the line when that is taken away.
  #close() {
    this.menu.hidden = true;
    this.log.after(this.menu);
  }

  async #react(button) {
    const item = button.closest("[data-message]");
    const kind = button.dataset.react;
    const on = !ownKinds(item).has(kind);
    if (!this.menu || item.dataset.busy) return;
    item.dataset.busy = "true";
    if (this.menu.contains(button)) {
      this.#close();
      item.focus({ preventScroll: true });
    }
    try {
      const { chat } = await send("chat.react", { session_id: this.session, message_id: Number(item.dataset.message), kind, on });
      setOwn(item, kind, on);
      writeReactions(item, chat.reactions, this.signs);
    } catch (error) {
      this.#say(error.message);
    } finally {
      delete item.dataset.busy;
    }
  }

  #reply() {
    const item = this.#about();
    this.#close();
    this.#answer(item);
  }

  // An item becomes the line that is answered; null is none.
  #answer(item) {
    if (!this.form) return;
    this.form.elements.reply_to.value = item?.dataset.message ?? "";
    const line = need("[data-replying]", this.element);
    line.hidden = !item;
    if (!item) return;
    const author = item.querySelector('[data-field="author"]').textContent;
    line.querySelector('[data-field="replied"]').textContent = `${author}: ${short(item.querySelector('[data-field="body"]').textContent)}`;
    this.form.elements.body.focus();
  }

  async #pin() {
    const item = this.#about();
    const pinned = !this.#isPinned(item);
    this.#close();
    item.focus({ preventScroll: true });
    try {
      await send("chat.pin", { session_id: this.session, message_id: Number(item.dataset.message), pinned });
    } catch (error) {
      this.#say(error.message);
    }
  }

  #isPinned(item) {
    return need("[data-pinned]", this.element).dataset.pinned === item.dataset.message;
  }

  #pinned(line) {
    const place = need("[data-pinned]", this.element);
    const isNew = line && place.dataset.pinned !== String(line.id);
    place.dataset.pinned = line?.id ?? "";
    place.hidden = !line;
    if (!line) return;
    place.querySelector("a").href = `#message-${line.id}`;
    place.querySelector('[data-field="pinned-author"]').textContent = line.author?.display_name ?? "Hidden author";
    place.querySelector('[data-field="pinned"]').textContent = line.body;
    if (isNew) announce(`Pinned: ${line.body}`);
  }

  #jump(event, link) {
    event.preventDefault();
    const item = this.#find(link.hash.replace("#message-", ""));
    if (!item) return this.#say("That message is further up. Load the earlier messages to see it.");
    item.scrollIntoView({ block: "nearest" });
    item.focus({ preventScroll: true });
  }

  #say(text) {
    const place = this.element.querySelector("[data-chat-error]");
    if (place) place.textContent = text;
    else announce(text);
  }
}
