// The part of a form that takes pictures: chosen, photographed, pasted or dropped, edited here, then sent by itself. The form carries
// the keys of what was sent; a file is never sent along with the form, so the original stays on this device.

import { announce } from "../../core/announce.js";
import { all, delegate, element, icon, need } from "../../core/dom.js";
import { request } from "../../core/http.js";
import { upload } from "./upload.js";

const SENT = ["alt", "caption", "consent_on", "consent_by"];
const IN_ORDER = ["file", "alt", "caption", "consent", "consent_on", "consent_by", "attested"];
const MOST = 8;

export function connect(root, { signal }) {
  new Picker(root, signal).start();
}

class Picker {
  constructor(root, signal) {
    Object.assign(this, { root, signal, form: root.closest("form"), sending: null, name: newName() });
    this.list = need("[data-picture-list]", root);
    this.details = need("[data-picture-details]", root);
    this.box = need(".picture-form", root);
    this.problem = need("[data-picture-error]", root);
    this.progress = need("[data-picture-progress]", root);
    this.addButton = need("[data-picture-add]", root);
    this.cancelButton = need("[data-picture-cancel]", root);
    this.keys = this.form.elements.image_keys;
    this.file = this.form.elements.image_file;
    this.editor = null;
  }

  start() {
    const { signal } = this;
    need("[data-picture-more]", this.root).hidden = false;
    for (const input of [this.file, need("[data-picture-camera]", this.root)]) {
      input.addEventListener("change", () => this.#take(input.files[0], input), { signal });
    }
    this.form.addEventListener("paste", (event) => this.#paste(event), { signal });
    this.#listenForDrops();
    this.addButton.addEventListener("click", (event) => this.#add(event), { signal });
    this.cancelButton.addEventListener("click", () => this.#giveUp(), { signal });
    delegate(this.list, "click", '[name="remove_image"]', (event, button) => this.#remove(event, button), { signal });
    this.box.addEventListener("keydown", (event) => this.#enter(event), { signal });
    this.form.addEventListener("submit", (event) => this.#hold(event), { signal, capture: true });
    this.form.addEventListener("draft:written", () => this.#follow(), { signal });
    // Somebody may have been quicker than this script.
    this.#take(this.file.files[0], this.file);
  }

  #field(name) {
    return this.form.elements[`image_${name}`];
  }

  // Drawing takes a good deal of code, which only those with a picture need.
  async #load() {
    const { Editor } = await import("./editor.js");
    this.editor ??= new Editor(need("[data-picture-editor]", this.root), this.signal);
    return this.editor;
  }

  async #take(file, input) {
    if (!file) return;
    this.#tell("");
    try {
      await (await this.#load()).open(file);
    } catch (error) {
      this.#tell(error.message);
      return;
    } finally {
      // Whatever happens, the form does not carry the file itself.
      if (input) input.value = "";
    }
    this.name = newName();
    this.details.open = true;
    this.cancelButton.hidden = false;
    announce("The picture is open. Crop it or black out what identifies somebody, then describe it.");
    this.editor.canvas.scrollIntoView({ block: "nearest" });
  }

  #paste(event) {
    const file = [...(event.clipboardData?.files ?? [])].find((one) => one.type.startsWith("image/"));
    if (!file) return;
    event.preventDefault();
    this.#take(file);
  }

  #listenForDrops() {
    const { signal } = this;
    this.box.addEventListener("dragover", (event) => {
      if (!hasFile(event)) return;
      event.preventDefault();
      this.box.classList.add("is-over");
    }, { signal });
    this.box.addEventListener("dragleave", () => this.box.classList.remove("is-over"), { signal });
    this.box.addEventListener("drop", (event) => {
      if (!hasFile(event)) return;
      event.preventDefault();
      this.box.classList.remove("is-over");
      this.#take(event.dataTransfer.files[0]);
    }, { signal });
  }

  // The Enter key in one of these fields adds the picture; it does not send the whole form.
  #enter(event) {
    if (event.key !== "Enter" || !event.target.matches("input:not([type=file])")) return;
    event.preventDefault();
    this.addButton.click();
  }

  async #add(event) {
    event.preventDefault();
    if (this.sending) return;
    if (!this.editor?.isOpen) {
      this.#tell("Choose a picture first.");
      this.file.focus();
      return;
    }
    if (this.#keyList().length >= MOST) {
      this.#tell(`A post can show at most ${MOST} pictures.`);
      return;
    }
    this.#tell("");
    this.sending = this.#send().finally(() => {
      this.sending = null;
      this.progress.hidden = true;
      this.addButton.disabled = false;
    });
    await this.sending;
  }

  async #send() {
    this.addButton.disabled = true;
    this.#progressed(0);
    try {
      const image = await upload(this.root.dataset.uploadUrl, await this.#statement(), { signal: this.signal, onProgress: (share) => this.#progressed(share) });
      this.#show(image);
      this.#setKeys([...this.#keyList(), image.key]);
      this.#clear();
      announce("The picture is added.");
    } catch (error) {
      if (!this.signal.aborted) this.#refused(error);
    }
  }

  async #statement() {
    const form = new FormData();
    const blob = await this.editor.result();
    form.append("file", blob, "picture");
    for (const name of SENT) form.append(name, this.#field(name).value);
    const chosen = this.#field("consent").value;
    if (chosen) form.append("consent", chosen);
    form.append("attested", String(this.#field("attested").checked));
    form.append("client_id", this.name);
    return form;
  }

  #progressed(share) {
    this.progress.hidden = false;
    need("progress", this.progress).value = Math.round(share * 100);
    const words = share < 1 ? `Sending, ${Math.round(share * 100)} %` : "Sent. The server is making it ready.";
    need("[data-picture-progress-words]", this.progress).textContent = words;
  }

  #refused(error) {
    // What was refused is another picture or another statement when it is sent again; what was lost on the way is the same.
    if (error.code !== "unreachable") this.name = newName();
    const fields = error.fields ?? {};
    let first = null;
    for (const name of IN_ORDER.filter((one) => fields[one])) {
      const field = this.#field(name);
      const control = field instanceof RadioNodeList ? field[0] : field;
      control.setAttribute("aria-invalid", "true");
      control.addEventListener("input", () => control.removeAttribute("aria-invalid"), { once: true, signal: this.signal });
      first ??= control;
    }
    const told = IN_ORDER.flatMap((name) => fields[name] ?? []);
    this.#tell(told.length > 0 ? told.join(" ") : error.message);
    first?.focus();
  }

  #tell(words) {
    this.problem.hidden = !words;
    this.problem.textContent = words;
  }

  #giveUp() {
    this.#clear();
    this.#tell("");
    this.file.focus();
  }

  #clear() {
    this.editor?.close();
    this.cancelButton.hidden = true;
    for (const name of SENT) this.#field(name).value = "";
    for (const one of all('[name="image_consent"], [name="image_attested"]', this.root)) one.checked = false;
    for (const one of all("[aria-invalid]", this.box)) one.removeAttribute("aria-invalid");
    this.name = newName();
    this.details.open = false;
  }

  // Sending the form while a picture is still open would lose it.
  #hold(event) {
    if (!this.editor?.isOpen || event.submitter === this.addButton) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.details.open = true;
    this.#tell("This picture is not added yet. Add it, or choose “Do not add it”; then send the form.");
    this.addButton.focus();
  }

  #keyList() {
    return this.keys.value.split(" ").filter(Boolean);
  }

  #setKeys(keys) {
    this.keys.value = keys.join(" ");
    this.keys.dispatchEvent(new Event("input", { bubbles: true }));
  }

  #show(image) {
    const source = this.root.dataset.imageUrl.replace("KEY", image.key).replace("SIZE", String(image.files[0].size));
    const words = element("span", { class: "picture-words" }, image.alt);
    const button = element("button", { type: "submit", class: "button button--quiet button--small", name: "remove_image", value: image.key, formnovalidate: true });
    button.append(icon("close"), "Remove", element("span", { class: "visually-hidden" }, ` the picture: ${image.alt}`));
    const thumbnail = element("img", { src: source, alt: "", width: image.width, height: image.height });
    this.list.append(element("li", { class: "picture-item", "data-picture-key": image.key, "data-picture-fresh": !image.is_posted }, thumbnail, words, button));
  }

  async #remove(event, button) {
    event.preventDefault();
    const item = button.closest("[data-picture-key]");
    const key = item.dataset.pictureKey;
    item.remove();
    this.#setKeys(this.#keyList().filter((one) => one !== key));
    this.file.focus();
    announce("The picture is removed.");
    // What is shown already goes when the edit is saved.
    if (!Object.hasOwn(item.dataset, "pictureFresh")) return;
    try {
      await request(`${this.root.dataset.uploadUrl}/${key}`, { method: "DELETE", signal: this.signal });
    } catch (error) {
      if (!this.signal.aborted) console.warn("The picture will be removed from the server later.", error);
    }
  }

  // The draft was replaced by that of another window: show the pictures that it names.
  async #follow() {
    const wanted = new Set(this.#keyList());
    for (const item of all("[data-picture-key]", this.list)) if (!wanted.has(item.dataset.pictureKey)) item.remove();
    for (const item of all("[data-picture-key]", this.list)) wanted.delete(item.dataset.pictureKey);
    for (const key of wanted) {
      try {
        this.#show(await request(`${this.root.dataset.uploadUrl}/${key}`, { signal: this.signal }));
      } catch (error) {
        if (this.signal.aborted) return;
        this.#tell(`A picture of this draft cannot be shown. ${error.message}`);
      }
    }
  }
}

function hasFile(event) {
  return event.dataTransfer?.types.includes("Files");
}

function newName() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
