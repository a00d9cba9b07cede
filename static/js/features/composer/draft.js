// Keeps what is written on the server while it is written, and in this browser while the server cannot be reached.
// A save names the revision it builds on: what another window saved meanwhile is shown beside, never overwritten.

import { element } from "../../core/dom.js";
import { showConflict } from "./conflict.js";
import { sendDraft } from "./sending.js";
import { forget, keep, recall } from "./store.js";

const PAUSE = 1200;
const RETRY_LEAST = 4000;
const RETRY_MOST = 60000;
const WRITTEN = "textarea, select, input:not([type=checkbox], [type=radio], [type=file], [type=submit])";
const INTERNAL = new Set(["csrf_token", "client_id", "draft_revision", "revision", "parent", "back", "seen_similar"]);

export function connect(form, { signal }) {
  new DraftKeeper(form, signal).start();
}

class DraftKeeper {
  constructor(form, signal) {
    Object.assign(this, { form, signal, place: form.dataset.place, timer: null, busy: null, wait: RETRY_LEAST, paused: false });
    this.state = form.querySelector("[data-draft-state], [data-note-state]");
    this.fields = [...form.elements].filter((one) => one.matches(WRITTEN) && one.name && !INTERNAL.has(one.name) && !isPictureField(one));
    // What the server put into the form; somebody may have written on before this script was there.
    this.saved = JSON.stringify(Object.fromEntries(this.fields.map((field) => [field.name, sentValue(field)])));
  }

  start() {
    const { form, signal } = this;
    this.#recallLocal();
    this.#changed();
    for (const type of ["input", "change"]) form.addEventListener(type, () => this.#changed(), { signal });
    form.addEventListener("submit", (event) => this.#submit(event), { signal });
    addEventListener("online", () => this.#isDirty() && this.#save(), { signal });
    // The last chance on a phone, where a tab is put aside and never heard of again.
    document.addEventListener("visibilitychange", () => this.#isDirty() && !this.paused && this.#save(), { signal });
    signal.addEventListener("abort", () => clearTimeout(this.timer), { once: true });
  }

  get revision() {
    return Number(this.form.elements.draft_revision.value) || 0;
  }

  set revision(number) {
    this.form.elements.draft_revision.value = String(number);
  }

  #content() {
    return Object.fromEntries(this.fields.map((field) => [field.name, field.value]));
  }

  #text() {
    return JSON.stringify(this.#content());
  }

  #isDirty() {
    return this.#text() !== this.saved;
  }

  #changed() {
    if (!this.#isDirty()) return;
    this.#keep();
    if (this.paused) return;
    this.#schedule(PAUSE);
  }

  #keep() {
    keep(this.place, this.#content(), this.revision, this.form.dataset.saveUrl);
  }

  #schedule(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#save(), delay);
  }

  #save() {
    clearTimeout(this.timer);
    this.busy ??= this.#put().finally(() => (this.busy = null));
    return this.busy;
  }

  /** Resolves with "saved", "conflict", "unreachable" or "refused". */
  async #put() {
    const sent = this.#text();
    if (sent === this.saved) return "saved";
    this.#tell("saving", "Saving");
    try {
      const text = { content: JSON.parse(sent), revision: this.revision, address: this.form.dataset.saveUrl };
      const answer = await sendDraft(this.place, text, { signal: this.signal });
      this.revision = answer.revision;
      this.saved = sent;
      this.wait = RETRY_LEAST;
      this.#tell("saved", `${this.form.dataset.kept ?? "Draft"} saved ${clockTime()}`);
      if (this.#isDirty()) this.#schedule(PAUSE);
      else forget(this.place);
      return "saved";
    } catch (error) {
      return this.signal.aborted ? "refused" : this.#failed(error);
    }
  }

  #failed(error) {
    this.#keep();
    if (error.code === "draft_conflict") {
      this.#conflict(error);
      return "conflict";
    }
    if (error.code === "unreachable" || error.status >= 500 || error.status === 429) {
      this.#tell("failed", "Not saved on the server yet. Your text is kept in this browser, and saving is tried again.");
      this.#schedule(this.wait);
      this.wait = Math.min(this.wait * 2, RETRY_MOST);
      return "unreachable";
    }
    if (error.status === 401) this.#tellLoggedOut();
    else this.#tell("failed", `${error.message} Your text is kept in this browser.`);
    return "refused";
  }

  #tellLoggedOut() {
    this.#tell("failed", "You are logged out. Your text is kept in this browser and comes back when you ");
    const address = `/login?${new URLSearchParams({ next: location.pathname + location.search })}`;
    this.state?.append(element("a", { href: address }, "log in again"), ".");
  }

  #conflict(error) {
    const { revision: [revision = "0"] = [], ...texts } = error.fields;
    const other = Object.fromEntries(Object.entries(texts).map(([name, [text]]) => [name, text]));
    this.paused = true;
    this.#tell("failed", "Not saved: another window has another text.");
    this.#choose({
      title: "This draft was changed in another window",
      text: error.message,
      other,
      otherWords: "from the other window",
      revision: Number(revision) || 0,
    });
  }

  #choose({ title, text, other, otherWords, revision }) {
    const goOn = (content) => {
      this.paused = false;
      this.revision = revision;
      if (content) this.#write(content);
      // Saved once more in any case, so that both windows agree from here on.
      this.saved = "";
      this.#save();
    };
    showConflict(this.form, {
      title,
      text,
      mine: this.#content(),
      other,
      names: this.#names(),
      long: new Set(this.fields.filter((field) => field.matches("textarea")).map((field) => field.name)),
      mineWords: "in this window",
      otherWords,
      onChoose: goOn,
    });
  }

  #names() {
    return Object.fromEntries(this.fields.map((field) => [field.name, field.labels?.[0]?.firstChild?.textContent.trim() ?? field.name]));
  }

  #write(content) {
    for (const field of this.fields) field.value = content[field.name] ?? "";
    this.form.dispatchEvent(new CustomEvent("draft:written"));
  }

  /** Bring back what an earlier page could not send. */
  #recallLocal() {
    const kept = recall(this.place);
    if (!kept) return;
    if (JSON.stringify({ ...this.#content(), ...kept.content }) === this.saved) {
      forget(this.place);
    } else if (kept.revision === this.revision && !this.#isDirty() && !this.form.querySelector("[aria-invalid]")) {
      this.#write({ ...this.#content(), ...kept.content });
      this.#tell("saving", "Text that was kept in this browser is back.");
      this.#schedule(PAUSE);
    } else {
      const other = Object.fromEntries(Object.entries(kept.content).filter(([, value]) => value));
      this.#choose({
        title: "This browser kept another text",
        text: "It could not be saved when it was written. Choose which one to go on with.",
        other,
        otherWords: "kept in this browser",
        revision: this.revision,
      });
    }
  }

  // What is posted is saved first: so the server knows which draft it may drop, and an unreachable server loses nothing.
  #submit(event) {
    clearTimeout(this.timer);
    if (this.isSending || (!this.busy && !this.#isDirty())) return;
    event.preventDefault();
    this.#send(event.submitter);
  }

  async #send(submitter) {
    let result = this.busy ? await this.busy : "saved";
    if (this.#isDirty() && !this.paused) result = await this.#save();
    if (result === "unreachable") {
      this.#tell("failed", "The server cannot be reached, so this was not sent. Your text is kept in this browser; send it again in a moment.");
      return;
    }
    if (result === "saved") forget(this.place);
    this.isSending = true;
    this.form.requestSubmit(submitter?.isConnected ? submitter : undefined);
    // The answer may be the same page from the browser's memory, which then listens again.
    setTimeout(() => (this.isSending = false), 0);
  }

  #tell(state, words) {
    if (!this.state) return;
    this.state.dataset.state = state;
    if (state !== "saving" || this.state.textContent === "") this.state.textContent = words;
  }
}

function sentValue(field) {
  if (!(field instanceof HTMLSelectElement)) return field.defaultValue;
  return ([...field.options].find((option) => option.defaultSelected) ?? field.options[0])?.value ?? "";
}

// A picture that is being added is no text; those that were added are named in image_keys, which a draft keeps.
function isPictureField(field) {
  return field.type === "file" || (field.name.startsWith("image_") && field.name !== "image_keys");
}

function clockTime() {
  return new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}
