// Two texts for one place: the one in the form, and another. Both are shown, and the writer chooses; neither is lost before that.

import { element, icon } from "../../core/dom.js";

/**
 * Show the other text above a form's buttons. `onUse` takes it over, `onKeep` goes on with what is in the form.
 * `names` gives each field its words.
 */
export function showConflict(form, { title, text, other, names, useWords, keepWords, onUse, onKeep }) {
  form.querySelector("[data-draft-conflict]")?.remove();
  const body = element("div", { class: "callout-body" }, element("p", { class: "callout-title" }, title), element("p", {}, text));
  for (const [name, value] of Object.entries(other)) {
    const id = `other-${name}`;
    const area = element("textarea", { class: "input", id, rows: value.length > 200 ? "8" : "2", readonly: true });
    area.value = value;
    body.append(element("label", { class: "field-label", for: id }, `${names[name] ?? name}, the other text`), area);
  }
  const panel = element("div", { class: "callout callout--warning", role: "alert", "data-draft-conflict": true }, icon("alert"), body);
  const choices = element("p", { class: "cluster" });
  const choice = (words, act) => {
    const button = element("button", { type: "button", class: "button button--small" }, words);
    button.addEventListener("click", () => {
      panel.remove();
      act();
    });
    choices.append(button);
  };
  if (Object.keys(other).length > 0) choice(useWords, onUse);
  choice(keepWords, onKeep);
  body.append(choices);
  form.querySelector(".form-actions").before(panel);
}
