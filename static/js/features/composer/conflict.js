// Two texts for one place: the one in the form, and another. Both are shown side by side, and the writer keeps either or both;
// neither is lost before that.

import { element, icon } from "../../core/dom.js";

// Pictures are shown below once a text is chosen; their keys say nothing to anybody.
const SILENT = new Set(["image_keys"]);

/**
 * Show the texts above a form's buttons, field by field where they differ. `mine` is what is in the form, `other` the other text;
 * `names` gives each field its words, `long` names the fields whose texts can follow one another. `onChoose` gets the content to go
 * on with, or null for what is in the form.
 */
export function showConflict(form, { title, text, mine, other, names, long, mineWords, otherWords, onChoose }) {
  form.querySelector("[data-draft-conflict]")?.remove();
  const differing = Object.keys(other).filter((name) => !SILENT.has(name) && other[name] !== (mine[name] ?? ""));
  const body = element("div", { class: "callout-body" }, element("p", { class: "callout-title" }, title), element("p", {}, text));
  for (const name of differing) {
    const words = names[name] ?? name;
    body.append(
      element("div", { class: "versions" }, version(name, "mine", `${words}, ${mineWords}`, mine[name] ?? ""), version(name, "other", `${words}, ${otherWords}`, other[name])),
    );
  }
  const panel = element("div", { class: "callout callout--warning", role: "alert", "data-draft-conflict": true }, icon("alert"), body);
  const choices = element("p", { class: "cluster" });
  const choice = (words, content) => {
    const button = element("button", { type: "button", class: "button button--small" }, words);
    button.addEventListener("click", () => {
      panel.remove();
      onChoose(content);
    });
    choices.append(button);
  };
  choice(`Keep the text ${mineWords}`, null);
  if (differing.length > 0) choice(`Keep the text ${otherWords}`, { ...other });
  if (differing.some((name) => long.has(name) && mine[name])) choice("Keep both, one after the other", joined(mine, other, long));
  body.append(choices);
  form.querySelector(".form-actions").before(panel);
}

function version(name, side, words, value) {
  const id = `version-${side}-${name}`;
  const area = element("textarea", { class: "input", id, rows: value.length > 200 ? "8" : "2", readonly: true });
  area.value = value;
  return element("div", {}, element("label", { class: "field-label", for: id }, words), area);
}

function joined(mine, other, long) {
  const content = { ...other, ...Object.fromEntries(Object.entries(mine).filter(([, value]) => value)) };
  for (const name of long) {
    const [first, second] = [mine[name] ?? "", other[name] ?? ""];
    content[name] = first && second && first !== second ? `${first}\n\n${second}` : first || second;
  }
  return content;
}
