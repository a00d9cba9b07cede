// Putting free answers together: an answer is dragged onto another, or moved with its select; both press the same form.

import { all, delegate, element } from "../../core/dom.js";

const SHORT = 60;

/** List the answers of the present round for those who lead, with where each of them stands. */
export function showGrouping(details, poll) {
  const groups = poll.kind === "text" ? (poll.rounds.at(-1)?.results?.groups ?? []) : [];
  details.hidden = groups.length === 0;
  // Somebody is choosing: the list waits for the next change.
  if (details.contains(document.activeElement) && document.activeElement.matches("select")) return;
  const rows = groups.flatMap((group) => [row(group, null, groups)].concat(group.members.map((member) => row(member, group, groups))));
  details.querySelector(".poll-grouping").replaceChildren(...rows);
}

/** Let answers be dragged; `move(group, into)` and `hide(group)` send what was done. */
export function listenToGrouping(root, { move, hide, signal }) {
  let dragged = null;
  delegate(root, "dragstart", "[data-poll-grouping] [data-group]", (event, item) => {
    dragged = item;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", item.dataset.group);
  }, { signal });
  delegate(root, "dragover", "[data-poll-grouping] [data-group]", (event, item) => {
    if (dragged && dragged !== item && dragged.parentElement === item.parentElement) event.preventDefault();
  }, { signal });
  delegate(root, "drop", "[data-poll-grouping] [data-group]", (event, item) => {
    event.preventDefault();
    if (dragged) move(dragged, Number(item.dataset.into || item.dataset.group));
    dragged = null;
  }, { signal });
  root.addEventListener("dragend", () => (dragged = null), { signal });
  delegate(root, "submit", "[data-answer-control]", (event, form) => {
    event.preventDefault();
    const item = form.closest("[data-group]");
    const what = event.submitter?.value;
    if (what === "group") move(item, Number(form.elements.into_id.value) || null);
    else hide(item, what === "hide");
  }, { signal });
}

function row(answer, group, groups) {
  const id = `group-${answer.id}`;
  const words = `“${answer.text}”`;
  const targets = groups.filter((one) => one.id !== answer.id).map((one) => element("option", { value: one.id, selected: one.id === group?.id }, short(one.text)));
  const select = element("select", { class: "input", id, name: "into_id" }, element("option", { value: "" }, "on its own"), ...targets);
  const hidden = answer.is_hidden === true;
  return element(
    "li",
    { "data-group": answer.id, "data-into": group?.id ?? null, class: group ? "is-member" : null, draggable: "true" },
    element("span", { class: "poll-group-text" }, answer.text),
    element(
      "form",
      { class: "cluster", "data-answer-control": true },
      element("label", { class: "visually-hidden", for: id }, `Put ${words} into`),
      select,
      element("button", { class: "button button--small", name: "do", value: "group" }, "Move"),
      element("button", { class: "button button--small button--quiet", name: "do", value: hidden ? "unhide" : "hide" }, hidden ? "Show" : "Hide", element("span", { class: "visually-hidden" }, ` ${words}`)),
    ),
  );
}

function short(text) {
  return text.length > SHORT ? `${text.slice(0, SHORT - 1)}…` : text;
}

/** The rows that can be dragged, for the ones that the server wrote. */
export function makeDraggable(root) {
  for (const one of all("[data-poll-grouping] [data-group]", root)) one.draggable = true;
}
