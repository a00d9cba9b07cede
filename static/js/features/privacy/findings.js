// What the identifier check found, listed below the field it stands in: the words marked, their kind, why, and a wording to use
// instead one press away. The author's word is one box for all that is only asked about.

import { announce } from "../../core/announce.js";
import { all, element } from "../../core/dom.js";

const AROUND = 36;
const WORD = "I have looked at each of these. None of them identifies a patient or somebody close to one.";
const LIMITS = "The check finds what its rules know. It is no legal assessment, and a text without findings can still identify somebody.";
let numbers = 0;

/** The fields of a form whose text is checked. */
export function checkedFields(form) {
  const internal = new Set(["client_id", "draft_revision", "revision", "back", "parent", "csrf_token", "attested_keys"]);
  return [...form.elements].filter((one) => one.matches('textarea, input[type="text"], input:not([type])') && one.name && !internal.has(one.name));
}

/** The keys that the author attests: those of the findings on show while the box is ticked. */
export function attestedKeys(form) {
  const box = form.querySelector("[data-attest] input[type=checkbox]");
  return box?.checked ? box.dataset.keys.split(",").filter(Boolean) : [];
}

/** Show findings (as the server tells them) in a form instead of those shown before; `onChange` runs after a wording was put in. */
export function showFindings(form, findings, { onChange, quiet = false } = {}) {
  const before = all("[data-finding]", form).length;
  for (const old of all("[data-findings], [data-findings-of]", form)) old.remove();
  for (const field of checkedFields(form)) {
    const own = findings.filter((one) => one.field === field.name && field.value.slice(one.start, one.end) === one.text);
    if (own.length > 0) place(field).after(list(field, own, onChange));
  }
  attest(form, findings);
  if (!quiet && findings.length > before) announce(summary(findings));
}

function summary(findings) {
  const count = findings.length === 1 ? "1 place" : `${findings.length} places`;
  return `${count} could identify the patient. ${findings.some((one) => one.certainty === "block") ? "Some have to go. " : ""}See below the text.`;
}

function place(field) {
  return field.closest(".field") ?? field;
}

function list(field, findings, onChange) {
  const items = findings.map((one) => item(field, one, onChange));
  const name = `${findings.length === 1 ? "1 place" : `${findings.length} places`} to look at`;
  return element(
    "section",
    { class: "findings", "data-findings-of": field.name, "aria-label": `${field.labels?.[0]?.textContent.trim() ?? "Text"}: ${name}` },
    element("ul", { class: "findings-list" }, ...items),
  );
}

function item(field, finding, onChange) {
  const { start, end, text, certainty, proposal } = finding;
  const left = field.value.slice(Math.max(0, start - AROUND), start);
  const right = field.value.slice(end, end + AROUND);
  const words = element("p", { class: "finding-words" }, start > AROUND ? "…" : "", left, element("mark", {}, text), right, right.length === AROUND ? "…" : "");
  const kind = `${finding.class_words}${certainty === "block" ? ", has to go" : ""}`;
  const why = element("p", { class: "finding-why" }, element("strong", {}, `${kind}. `), finding.why);
  const button = element("button", { type: "button", class: "button button--small" }, proposal ? `Write “${proposal}” instead` : "Leave it out");
  button.addEventListener("click", () => {
    replace(field, finding);
    onChange?.();
  });
  return element("li", { class: `finding${certainty === "block" ? " finding--blocking" : ""}`, "data-finding": finding.key }, words, why, button);
}

function replace(field, { start, end, text, proposal }) {
  if (field.value.slice(start, end) !== text) return;
  const from = proposal === "" && field.value[start - 1] === " " ? start - 1 : start;
  field.setRangeText(proposal, from, end, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
  announce(proposal ? `Replaced by ${proposal}` : "Taken out");
}

function attest(form, findings) {
  const keys = [...new Set(findings.filter((one) => one.certainty !== "block").map((one) => one.key))];
  const old = form.querySelector("[data-attest]");
  const said = new Set(attestedKeys(form));
  const stays = keys.length > 0 && keys.every((key) => said.has(key));
  old?.remove();
  for (const hidden of all('input[name="attested_keys"]', form)) hidden.value = keys.join(",");
  if (keys.length === 0) return;
  const id = `attest-${++numbers}`;
  const box = element("input", { type: "checkbox", name: "attested", value: "y", id, "data-keys": keys.join(","), checked: stays });
  const label = element(
    "label",
    { class: "choice", for: id },
    box,
    element("span", {}, WORD, element("span", { class: "choice-hint" }, "A moderator takes a second look. ", LIMITS)),
  );
  const holder = element("div", { class: "attest", "data-attest": true }, label);
  if (!form.elements.attested_keys) holder.append(element("input", { type: "hidden", name: "attested_keys", value: keys.join(",") }));
  const end = form.querySelector(".form-actions") ?? [...form.elements].findLast((one) => one.type === "submit");
  end.before(holder);
}
