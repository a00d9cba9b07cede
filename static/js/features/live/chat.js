// The chat of a session. The log never moves away from where somebody reads: it follows only a reader who is at its end, and
// counts for the others. Only what is new is announced.

import { announce } from "../../core/announce.js";
import { send } from "../../core/channel.js";
import { all, delegate, fromTemplate, need } from "../../core/dom.js";
import { request } from "../../core/http.js";
import { signsOf, writeQuote, writeReactions } from "./chat-line.js";
import { completeChatNames } from "./chat-names.js";
import { follow, sessionOf } from "./hub.js";
import { initials } from "./names.js";
import { forgetRepeat, repeatLater, repeatNow } from "./next-line.js";
import { attestedKeys, showFindings } from "../privacy/findings.js";

const MOST_SHOWN = 500;
const NEAR = 40;
const QUIET = 2500;

export function connect(element, { signal }) {
  const chat = new Chat(element, signal);
  follow(element, { signal, onMessage: (message) => chat.hear(message) });
  chat.listen();
}

class Chat {
  constructor(element, signal) {
    Object.assign(this, { element, signal, session: sessionOf(element), unread: 0, spoken: [], timer: null });
    this.root = element.closest("[data-live]");
    this.log = need("[data-chat-log]", element);
    this.button = need("[data-chat-new]", element);
    this.signs = signsOf(element);
    const names = element.querySelector("[data-chat-names]");
    this.withNumbers = names ? completeChatNames(names, signal) : (text) => text;
    this.me = Number(document.body.dataset.userId) || null;
    this.mentors = new Set(this.root.dataset.mentors.split(" ").map(Number));
    this.#toEnd();
  }

  hear({ kind, data }) {
    // Reactions and pins come with a part of a line; the menu of the chat hears them.
    if (!kind.startsWith("chat.") || !data.chat) return;
    const known = this.#find(data.chat.id);
    if (known) this.#write(known, data.chat);
    else if (kind === "chat.posted") this.#add(data.chat);
  }

  listen() {
    const { element, signal } = this;
    delegate(element, "submit", "[data-chat-form]", (event, form) => this.#post(event, form), { signal });
    delegate(element, "submit", "[data-hide]", (event, form) => this.#hide(event, form), { signal });
    delegate(element, "click", "[data-cursor]", (_event, button) => this.#earlier(button), { signal });
    this.button.addEventListener("click", () => this.#catchUp(), { signal });
    this.log.addEventListener("scroll", () => this.#isAtEnd() && this.#read(), { signal, passive: true });
    this.log.addEventListener("keydown", (event) => this.#walk(event), { signal });
    this.root.addEventListener("live:pane", (event) => event.detail === "chat" && this.#opened(), { signal });
    signal.addEventListener("abort", () => clearTimeout(this.timer), { once: true });
  }

  #find(id) {
    return this.log.querySelector(`[data-message="${Number(id)}"]`);
  }

  #add(message) {
    const follows = this.#isAtEnd() && this.#isShown();
    const own = message.author?.id === this.me;
    this.log.append(this.#make(message));
    need("[data-chat-empty]", this.log).hidden = true;
    if (follows || (own && this.#isShown())) this.#toEnd();
    else this.#count(own ? 0 : 1);
    this.#trim(follows);
    if (!own && !message.is_hidden) this.#speak(message);
  }

  #make(message) {
    const item = fromTemplate("live-message");
    item.id = `message-${message.id}`;
    item.dataset.message = String(message.id);
    for (const form of all("form", item)) form.action = form.getAttribute("action").replace("/chat/0/", `/chat/${message.id}/`);
    for (const link of all("a[data-chat-more]", item)) link.href = link.getAttribute("href").replace(/\/chat\/0$/, `/chat/${message.id}`);
    this.#write(item, message);
    return item;
  }

  #write(item, message) {
    const name = message.is_hidden ? "Hidden author" : message.author.display_name;
    const leads = !message.is_hidden && this.mentors.has(message.author.id);
    const time = item.querySelector("time");
    time.dateTime = message.at;
    time.textContent = new Date(message.at).toLocaleTimeString("en-GB", { timeZone: this.root.dataset.zone || undefined, hour: "2-digit", minute: "2-digit" });
    item.classList.toggle("is-mentor", leads);
    item.classList.toggle("is-hidden", message.is_hidden);
    item.setAttribute("aria-label", `${name}, ${time.textContent}`);
    item.querySelector("[data-mentor-mark]").hidden = !leads;
    for (const one of all('[data-field="author"]', item)) one.textContent = name;
    item.querySelector('[data-field="body"]').textContent = message.is_hidden ? `Hidden: ${message.hidden_reason}` : message.body;
    const forMe = this.me !== null && message.mentions.includes(this.me);
    item.classList.toggle("is-for-me", forMe);
    item.querySelector("[data-for-me]").hidden = !forMe;
    writeQuote(item, message.reply_to);
    writeReactions(item, message.reactions, this.signs);
    const avatar = item.querySelector(".avatar");
    avatar.textContent = initials(name);
    avatar.className = `avatar avatar--s${message.author?.id ? ` hue-${message.author.id % 8}` : ""}`;
    for (const one of all("[data-hide], [data-chat-more]", item)) one.hidden = message.is_hidden;
  }

  async #post(event, form) {
    event.preventDefault();
    const field = form.elements.body;
    const problem = need("[data-chat-error]", this.element);
    const body = field.value.trim();
    if (!body) return field.focus();
    if (repeatLater(form)) return;
    problem.textContent = "";
    try {
      const reply = Number(form.elements.reply_to.value) || null;
      const said = { body: this.withNumbers(body), reply_to_id: reply, attested: attestedKeys(form) };
      const { chat } = await send("chat.post", { session_id: this.session, ...said });
      if (field.value.trim() === body) field.value = "";
      if ((Number(form.elements.reply_to.value) || null) === reply) this.element.dispatchEvent(new CustomEvent("live:sent"));
      showFindings(form, []);
      if (!this.#find(chat.id)) this.#add(chat);
    } catch (error) {
      forgetRepeat(form);
      problem.textContent = error.details?.findings ? error.message : (error.fields?.body?.[0] ?? error.message);
      if (error.details?.findings) showFindings(form, error.details.findings);
    } finally {
      repeatNow(form);
      field.focus();
    }
  }

  async #hide(event, form) {
    event.preventDefault();
    const message = Number(form.closest("[data-message]").dataset.message);
    try {
      const { chat } = await send("chat.hide", { session_id: this.session, message_id: message });
      this.#write(this.#find(message), chat);
    } catch (error) {
      need("[data-chat-error]", this.element).textContent = error.message;
    }
  }

  // What stands earlier is put above; the line that was read stays where it is on the screen.
  async #earlier(button) {
    button.disabled = true;
    try {
      const page = await request(`${button.dataset.address}?limit=50&cursor=${encodeURIComponent(button.dataset.cursor)}`, { signal: this.signal });
      const holder = need("[data-chat-earlier]", this.log);
      const height = this.log.scrollHeight - this.log.scrollTop;
      const mine = new Map(page.my_reactions.map((one) => [one.message_id, one.kinds]));
      for (const message of page.items) {
        if (this.#find(message.id)) continue;
        const item = this.#make(message);
        item.dataset.mine = (mine.get(message.id) ?? []).join(" ");
        writeReactions(item, message.reactions, this.signs);
        holder.after(item);
      }
      this.log.scrollTop = this.log.scrollHeight - height;
      if (page.next_cursor) button.dataset.cursor = page.next_cursor;
      else holder.remove();
    } catch (error) {
      if (!this.signal.aborted) need("[data-chat-error]", this.element).textContent = error.message;
    } finally {
      button.disabled = false;
    }
  }

  #trim(follows) {
    if (!follows) return;
    const lines = all(":scope > [data-message]", this.log);
    // The earlier ones can be fetched again only where the page knows how; then they must stay.
    if (this.log.querySelector("[data-chat-earlier]")) return;
    for (const one of lines.slice(0, Math.max(0, lines.length - MOST_SHOWN))) one.remove();
  }

  #isShown() {
    return this.log.offsetParent !== null;
  }

  #isAtEnd() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR;
  }

  #toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
    this.#read();
  }

  #count(number) {
    this.unread += number;
    if (this.unread === 0) return;
    const words = this.unread === 1 ? "1 new message" : `${this.unread} new messages`;
    need('[data-field="count"]', this.button).textContent = words;
    this.button.hidden = !this.#isShown();
    for (const one of all("[data-chat-unread]", this.root)) {
      one.textContent = String(this.unread);
      one.hidden = this.#isShown();
    }
  }

  #read() {
    if (!this.#isShown()) return;
    this.unread = 0;
    this.button.hidden = true;
    for (const one of all("[data-chat-unread]", this.root)) one.hidden = true;
  }

  #opened() {
    if (this.unread > 0 || !this.wasOpened) this.#toEnd();
    this.wasOpened = true;
  }

  #catchUp() {
    this.#toEnd();
    this.log.lastElementChild?.focus({ preventScroll: true });
  }

  #speak(message) {
    if (!this.#isShown() || document.hidden) return;
    const mention = this.me !== null && message.mentions.includes(this.me) ? " mentions you" : "";
    this.spoken.push(`${message.author.display_name}${mention}: ${message.body}`);
    if (this.timer !== null) return;
    this.timer = setTimeout(() => {
      announce(this.spoken.length <= 2 ? this.spoken.join(". ") : `${this.spoken.length} new chat messages`);
      this.spoken = [];
      this.timer = null;
    }, QUIET);
  }

  // Arrow keys go from message to message, as in a feed.
  #walk(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    const lines = all(":scope > [data-message]", this.log);
    if (lines.length === 0 || event.target.closest("button, a")) return;
    const here = lines.indexOf(event.target.closest("[data-message]"));
    let next = null;
    if (event.key in steps) next = here < 0 ? lines.at(-1) : lines[here + steps[event.key]];
    else if (event.key === "Home") next = lines[0];
    else if (event.key === "End") next = lines.at(-1);
    if (!next) return;
    event.preventDefault();
    next.focus();
  }
}
