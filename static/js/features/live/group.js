// A group's own chat and notes, on its own channel. What somebody else saves never replaces what is being written here.

import { announce } from "../../core/announce.js";
import { openChannel, send } from "../../core/channel.js";
import { all, delegate, need } from "../../core/dom.js";
import { forgetRepeat, repeatLater, repeatNow } from "./next-line.js";
import { attestedKeys, showFindings } from "../privacy/findings.js";

const NEAR = 40;

export function connect(root, { signal }) {
  const room = new GroupRoom(root, signal);
  const channel = openChannel({
    channel: `group:${root.dataset.group}`,
    since: Number(root.dataset.since),
    onMessage: (message) => room.hear(message),
    onRefused: () => room.close(),
  });
  signal.addEventListener("abort", () => channel.close(), { once: true });
}

class GroupRoom {
  constructor(root, signal) {
    Object.assign(this, { root, signal, session: Number(root.dataset.session), group: Number(root.dataset.group) });
    this.me = Number(root.dataset.me);
    this.log = need("[data-group-log]", root);
    this.notes = root.querySelector("[data-notes-form]");
    this.saved = this.notes?.elements.notes.value ?? "";
    this.#restore();
    delegate(root, "submit", "[data-group-form]", (event, form) => this.#post(event, form), { signal });
    delegate(root, "submit", "[data-notes-form]", (event, form) => this.#save(event, form), { signal });
    delegate(root, "keydown", "#group-body", sendOnEnter, { signal });
    addEventListener("pagehide", () => this.#keep(), { signal });
    this.log.scrollTop = this.log.scrollHeight;
  }

  hear({ data }) {
    if (data.chat) this.#line(data.chat);
    if (data.notes) this.#told(data.notes);
  }

  close() {
    for (const one of all("button, textarea", this.root)) one.disabled = true;
    this.#say("You are no longer in this group, so its chat is closed here.");
  }

  #line(chat) {
    const known = this.log.querySelector(`[data-line="${Number(chat.id)}"]`);
    const item = known ?? need("[data-group-blank]", this.root).content.firstElementChild.cloneNode(true);
    const name = chat.is_hidden ? "Hidden author" : chat.author.display_name;
    item.dataset.line = String(chat.id);
    item.classList.toggle("is-hidden", chat.is_hidden);
    item.querySelector('[data-field="author"]').textContent = name;
    item.querySelector('[data-field="body"]').textContent = chat.is_hidden ? `Hidden: ${chat.hidden_reason}` : chat.body;
    const time = item.querySelector("time");
    time.dateTime = chat.at;
    time.textContent = new Date(chat.at).toLocaleTimeString("en-GB", { timeZone: this.root.dataset.zone || undefined, hour: "2-digit", minute: "2-digit" });
    if (chat.is_hidden) item.querySelector("form")?.remove();
    if (known) return;
    const atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR;
    this.log.append(item);
    need("[data-group-empty]", this.root).hidden = true;
    const own = chat.author?.id === this.me;
    if (atEnd || own) this.log.scrollTop = this.log.scrollHeight;
    if (!own && !chat.is_hidden) announce(`${name}, in your group: ${chat.body}`);
  }

  // Untouched notes follow; notes that are being changed stay, and the others' are shown beside them.
  #told(notes) {
    if (!this.notes) return;
    const field = this.notes.elements.notes;
    const revision = this.notes.elements.revision;
    if (notes.revision <= Number(revision.value)) return;
    const who = notes.saved_by?.display_name ?? "somebody";
    if (field.value === this.saved || field.value === notes.text) {
      field.value = notes.text;
      revision.value = String(notes.revision);
      this.saved = notes.text;
      this.#other(null);
      this.#state(`Saved by ${who}`);
    } else {
      this.#other(notes.text);
      this.#state(`${who} saved the notes while you were writing. Yours are still here; take over what is new, then save again.`);
      revision.value = String(notes.revision);
      this.saved = notes.text;
    }
  }

  async #post(event, form) {
    event.preventDefault();
    const field = form.elements.body;
    const body = field.value.trim();
    if (!body) return field.focus();
    if (repeatLater(form)) return;
    this.#say("");
    try {
      const { chat } = await send("group.post", { ...this.#about(), body, attested: attestedKeys(form) });
      if (field.value.trim() === body) {
        field.value = "";
        showFindings(form, []);
      }
      this.#line(chat);
    } catch (error) {
      forgetRepeat(form);
      this.#say(error.details?.findings ? error.message : (error.fields?.body?.[0] ?? error.message));
      if (error.details?.findings) showFindings(form, error.details.findings);
    } finally {
      repeatNow(form);
      field.focus();
    }
  }

  async #save(event, form) {
    event.preventDefault();
    if (form.dataset.busy) return;
    form.dataset.busy = "true";
    const text = form.elements.notes.value;
    try {
      const { notes } = await send("group.save_notes", { ...this.#about(), notes: text, revision: Number(form.elements.revision.value), attested: attestedKeys(form) });
      form.elements.revision.value = String(notes.revision);
      this.saved = notes.text;
      if (form.elements.notes.value === text) form.elements.notes.value = notes.text;
      showFindings(form, []);
      this.#other(null);
      this.#state("Saved");
    } catch (error) {
      if (error.code === "conflict" && error.details?.revision !== undefined) this.#told({ text: error.details.notes, revision: error.details.revision });
      else this.#state(error.details?.findings ? error.message : (error.fields?.notes?.[0] ?? error.message));
      if (error.details?.findings) showFindings(form, error.details.findings);
    } finally {
      delete form.dataset.busy;
    }
  }

  #about() {
    return { session_id: this.session, group_id: this.group };
  }

  #other(text) {
    const place = need("[data-notes-other]", this.root);
    place.hidden = text === null;
    need("[data-notes-text]", place).textContent = text ?? "";
  }

  #state(words) {
    need("[data-notes-state]", this.root).textContent = words;
  }

  #say(words) {
    const place = this.root.querySelector("[data-group-error]");
    if (place) place.textContent = words;
  }

  // What somebody was writing survives the reload that brings another group; it is given back in the same group alone.
  #keep() {
    for (const field of all("#group-body, #group-notes", this.root)) {
      const key = `group:${this.group}:${field.id}`;
      if (field.value.trim() && field.value !== this.saved) sessionStorage.setItem(key, field.value);
      else sessionStorage.removeItem(key);
    }
  }

  #restore() {
    for (const field of all("#group-body, #group-notes", this.root)) {
      const key = `group:${this.group}:${field.id}`;
      const kept = sessionStorage.getItem(key);
      if (kept) field.value = kept;
      sessionStorage.removeItem(key);
    }
  }
}

function sendOnEnter(event, field) {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  field.form.requestSubmit();
}
