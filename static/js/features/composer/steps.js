// Shows the parts of a long form one after the other, with a line that says where one is. Every step can be reached at any time,
// and the form stays one form: without this script it is simply long.

import { all, delegate, element, icon } from "../../core/dom.js";
import { adopt, fetchPage } from "../../core/page.js";

export function connect(form, { signal }) {
  const steps = all("[data-step]", form);
  if (steps.length > 1) new Steps(form, steps, signal).start();
}

class Steps {
  constructor(form, steps, signal) {
    Object.assign(this, { form, steps, signal, at: 0 });
    this.names = steps.map((step) => step.querySelector("legend").textContent.trim());
    this.last = all("[data-step-last]", form);
    this.check = form.querySelector("[data-step-check]");
    // The last step shows the preview by itself.
    for (const button of all("button[name=preview]", form)) button.hidden = true;
  }

  start() {
    const { form, signal } = this;
    this.#build();
    for (const type of ["input", "change", "draft:written"]) form.addEventListener(type, () => this.#mark(), { signal });
    delegate(document, "click", ".error-summary a[href^='#'], [data-step-missing]", (event, link) => this.#lead(event, link), { signal });
    form.addEventListener("keydown", (event) => this.#enter(event), { signal });
    addEventListener("hashchange", () => this.#show(this.#named() ?? this.at), { signal });
    const wrong = this.steps.findIndex((step) => step.querySelector("[aria-invalid=true]"));
    this.#show(wrong >= 0 ? wrong : (this.#named() ?? 0), { focus: false });
  }

  #build() {
    this.buttons = this.names.map((name, index) => {
      const button = element("button", { type: "button" }, element("span", { class: "steps-number", "aria-hidden": "true" }, String(index + 1)), element("span", { class: "steps-name" }, name), element("span", { class: "visually-hidden", "data-step-state": true }));
      button.addEventListener("click", () => this.#show(index));
      return button;
    });
    this.where = element("p", { class: "steps-where" });
    const list = element("ol", {}, ...this.buttons.map((button) => element("li", {}, button)));
    this.steps[0].before(element("nav", { class: "steps", "aria-label": "Steps" }, this.where, list));
    const actions = this.form.querySelector(".form-actions");
    this.back = element("button", { type: "button", class: "button" }, icon("left"), "Back");
    this.next = element("button", { type: "button", class: "button button--primary" }, "Next", icon("right"));
    this.back.addEventListener("click", () => this.#show(this.at - 1));
    this.next.addEventListener("click", () => this.#show(this.at + 1));
    actions.prepend(this.back, this.next);
    for (const step of this.steps) step.querySelector("legend").tabIndex = -1;
  }

  #named() {
    const found = /^#step-(\d)$/.exec(location.hash);
    const index = found ? Number(found[1]) - 1 : -1;
    return index >= 0 && index < this.steps.length ? index : null;
  }

  #show(index, { focus = true } = {}) {
    this.at = Math.min(Math.max(index, 0), this.steps.length - 1);
    const isLast = this.at === this.steps.length - 1;
    for (const [place, step] of this.steps.entries()) step.hidden = place !== this.at;
    for (const one of this.last) one.hidden = !isLast;
    this.back.hidden = this.at === 0;
    this.next.hidden = isLast;
    this.where.textContent = `Step ${this.at + 1} of ${this.steps.length}: ${this.names[this.at]}`;
    if (focus) {
      history.replaceState(history.state, "", `#step-${this.at + 1}`);
      this.steps[this.at].querySelector("legend").focus({ preventScroll: true });
      this.form.scrollIntoView({ block: "start" });
    }
    this.#mark();
    if (isLast) this.#look();
  }

  #mark() {
    for (const [index, button] of this.buttons.entries()) {
      const missing = this.#missing(this.steps[index]).length;
      const isDone = missing === 0 && this.steps[index].querySelector("[required]") !== null;
      if (index === this.at) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
      button.classList.toggle("is-done", isDone);
      button.querySelector("[data-step-state]").textContent = isDone ? ", complete" : "";
    }
  }

  #missing(root) {
    return all("[required]", root).filter((field) => (field.type === "checkbox" ? !field.checked : field.value.trim() === ""));
  }

  #enter(event) {
    if (event.key !== "Enter" || !event.target.matches("input:not([type=checkbox], [type=radio], [type=submit], [type=file])")) return;
    if (this.at === this.steps.length - 1) return;
    event.preventDefault();
    this.#show(this.at + 1);
  }

  #lead(event, link) {
    const field = document.getElementById(link.dataset.stepMissing ?? link.hash.slice(1));
    const index = this.steps.findIndex((step) => field && step.contains(field));
    if (index >= 0 && index !== this.at) this.#show(index);
    if (!field || !this.form.contains(field)) return;
    event.preventDefault();
    field.focus();
    field.scrollIntoView({ block: "center" });
  }

  /** The last step says what is missing, or shows the whole as it will look. */
  async #look() {
    if (!this.check) return;
    const missing = this.#missing(this.form);
    if (missing.length > 0) {
      const list = element("ul", { class: "bullets" });
      for (const field of missing) {
        const words = field.labels?.[0]?.firstChild?.textContent.trim() || field.name;
        list.append(element("li", {}, element("button", { type: "button", class: "link-button", "data-step-missing": field.id }, words)));
      }
      this.check.replaceChildren(element("p", {}, "Still missing before this can be posted:"), list);
      return;
    }
    this.check.replaceChildren(element("p", { class: "soft" }, "Preparing the preview."));
    const values = new FormData(this.form);
    const files = Array.from(values).filter(([, value]) => typeof value !== "string");
    for (const [name] of files) values.delete(name);
    values.set("preview", "1");
    try {
      const page = await fetchPage(this.form.action, { form: values, signal: this.signal });
      const shown = page.querySelector("[data-previewed]");
      this.check.replaceChildren(...adopt(shown ? [shown] : []));
    } catch {
      if (this.signal.aborted) return;
      this.check.replaceChildren(element("p", { class: "soft" }, "No preview now. What you wrote is unchanged, and posting says what needs another look."));
    }
  }
}
