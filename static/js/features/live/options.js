// What holds for the queue and the chat: the labels to filter by, approval, slow mode. Follows what who leads changes.

import { all, delegate, element as make } from "../../core/dom.js";
import { follow } from "./hub.js";

export function connect(section, { signal }) {
  const root = section.closest("[data-live]");
  const bar = section.querySelector("[data-label-filter]");
  const list = section.querySelector('[data-list="open"]');
  delegate(bar, "click", "[data-label]", (event, chip) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    choose(bar, list, chip.dataset.label);
  }, { signal });
  const chosen = bar.querySelector('[aria-current="true"]')?.dataset.label ?? "";
  choose(bar, list, chosen);
  follow(section, { signal, onMessage: ({ data }) => data.options && apply(root, bar, list, data.options) });
}

function choose(bar, list, label) {
  list.dataset.filter = label;
  for (const chip of all("[data-label]", bar)) {
    if (chip.dataset.label === label) chip.setAttribute("aria-current", "true");
    else chip.removeAttribute("aria-current");
  }
  for (const item of all(":scope > [data-question]", list)) item.hidden = isFilteredOut(item, list);
}

/** Tell whether an item of the list is out of sight by the label that was chosen. */
export function isFilteredOut(item, list) {
  const label = list.dataset.filter ?? "";
  return label !== "" && !item.dataset.labels.split(",").includes(label);
}

function apply(root, bar, list, options) {
  bar.replaceChildren(makeChip("", "All"), ...options.labels.map((label) => makeChip(label, label)));
  bar.hidden = options.labels.length === 0;
  choose(bar, list, options.labels.includes(list.dataset.filter) ? list.dataset.filter : "");
  const leads = root.querySelector("[data-stage-channel]") !== null;
  for (const one of all("[data-ask-waits]", root)) one.hidden = leads || !options.approve_first;
  for (const one of all("[data-chat-slow]", root)) one.hidden = leads || options.slow_seconds === 0;
  for (const one of all("[data-slow-seconds]", root)) one.textContent = String(options.slow_seconds);
  for (const one of all(".ask-as", root)) {
    one.hidden = !options.allow_pseudonyms;
  }
  if (options.approve_first) for (const one of all('[data-stage-part="pending"]', root)) one.hidden = false;
  for (const place of all("[data-label-choices]", root)) {
    place.replaceChildren(...options.labels.map((label) => make("label", { class: "choice" }, make("input", { type: "checkbox", name: "labels", value: label }), make("span", {}, label))));
    place.closest("form").hidden = options.labels.length === 0;
  }
}

function makeChip(label, words) {
  return make("a", { class: "chip", href: `?label=${encodeURIComponent(label)}#queue-title`, "data-label": label }, words);
}
