// Captions as a person types them. They follow a reader who is at their end; a screen reader says them only when it was asked to.

import { announce } from "../../core/announce.js";
import { send } from "../../core/channel.js";
import { all, delegate, fromTemplate, need } from "../../core/dom.js";
import { follow, sessionOf } from "./hub.js";

const MOST_SHOWN = 200;
const NEAR = 30;

export function connect(element, { signal }) {
  const captions = new Captions(element);
  follow(element, { signal, onMessage: (message) => captions.hear(message) });
  delegate(element, "submit", "[data-caption-form]", (event, form) => captions.post(event, form), { signal });
  delegate(element, "submit", "[data-caption-hide]", (event, form) => captions.hide(event, form), { signal });
  delegate(element, "change", "[data-aloud]", (_event, box) => captions.setAloud(box.checked), { signal });
}

class Captions {
  constructor(element) {
    Object.assign(this, { element, session: sessionOf(element), log: need("[data-captions-log]", element) });
    this.zone = element.closest("[data-live]").dataset.zone || undefined;
    this.me = Number(document.body.dataset.userId) || null;
    need("[data-aloud-choice]", element).hidden = false;
    this.log.scrollTop = this.log.scrollHeight;
  }

  hear({ kind, data }) {
    if (kind === "caption.captioner_named") this.#named(data.captioner);
    if (data.caption) this.show(data.caption);
  }

  show(line) {
    const follows = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR;
    const known = this.log.querySelector(`[data-caption="${Number(line.id)}"]`);
    if (!known && line.is_hidden) return;
    this.#write(known ?? this.#make(line), line);
    this.element.hidden = false;
    need("[data-captions-empty]", this.log).hidden = true;
    const lines = all(":scope > [data-caption]", this.log);
    if (follows) {
      for (const one of lines.slice(0, Math.max(0, lines.length - MOST_SHOWN))) one.remove();
      this.log.scrollTop = this.log.scrollHeight;
    }
  }

  setAloud(on) {
    this.log.setAttribute("aria-live", on ? "polite" : "off");
  }

  async post(event, form) {
    event.preventDefault();
    const field = form.elements.body;
    const body = field.value.trim();
    const problem = need("[data-caption-error]", this.element);
    if (!body) return;
    // The next line is typed while this one travels.
    field.value = "";
    problem.hidden = true;
    try {
      const { caption } = await send("caption.post", { session_id: this.session, body });
      this.show(caption);
    } catch (error) {
      field.value = field.value ? `${body} ${field.value}` : body;
      problem.textContent = error.fields?.body?.[0] ?? error.message;
      problem.hidden = false;
      field.focus();
    }
  }

  async hide(event, form) {
    event.preventDefault();
    try {
      const id = Number(form.closest("[data-caption]").dataset.caption);
      const { caption } = await send("caption.hide", { session_id: this.session, caption_id: id });
      this.show(caption);
    } catch (error) {
      announce(error.message);
    }
  }

  #make(line) {
    const item = fromTemplate("live-caption");
    item.dataset.caption = String(line.id);
    for (const form of all("form", item)) form.action = form.getAttribute("action").replace("/captions/0/", `/captions/${line.id}/`);
    need("[data-captions-empty]", this.log).before(item);
    return item;
  }

  #write(item, line) {
    const time = item.querySelector("time");
    time.dateTime = line.at;
    time.textContent = new Date(line.at).toLocaleTimeString("en-GB", { timeZone: this.zone, hour: "2-digit", minute: "2-digit" });
    item.querySelector('[data-field="body"]').textContent = line.is_hidden ? "Taken back" : line.body;
    for (const form of all("[data-caption-hide]", item)) form.hidden = line.is_hidden;
  }

  // The line to type in comes from the server, with the rights of whoever types.
  #named(person) {
    this.element.hidden = !person && this.log.querySelector("[data-caption]") === null;
    need("[data-captioner]", this.element).textContent = person ? `typed by ${person.display_name}` : "nobody types at the moment";
    if (person && person.id === this.me) announce("You were asked to type captions. Reload the page to begin.");
  }
}
