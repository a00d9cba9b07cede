// Loads the page of a session again when it has missed too much to be told all of it, without losing what somebody was typing.

import { announce } from "../../core/announce.js";
import { all } from "../../core/dom.js";

// A thousand pages must not come back in the same moment.
const LEAST = 300;
const SPREAD = 2500;
const FIELDS = "textarea, input[type=text], input:not([type])";

/** Keep the words of every field of `root`, and load the page again in a moment. */
export function loadAfresh(root) {
  if (root.dataset.loadsAfresh) return;
  root.dataset.loadsAfresh = "true";
  announce("Much has happened meanwhile. The page is brought up to date; what you wrote stays.");
  setTimeout(
    () => {
      const words = {};
      for (const field of all(FIELDS, root)) if (field.value.trim() && field.value !== field.defaultValue) words[nameOf(field)] = field.value;
      sessionStorage.setItem(keyOf(root), JSON.stringify(words));
      location.reload();
    },
    LEAST + Math.random() * SPREAD,
  );
}

/** Put the words back that were kept. */
export function restoreWords(root) {
  const kept = sessionStorage.getItem(keyOf(root));
  if (!kept) return;
  sessionStorage.removeItem(keyOf(root));
  const words = JSON.parse(kept);
  for (const field of all(FIELDS, root)) if (!field.value || field.value === field.defaultValue) field.value = words[nameOf(field)] ?? field.value;
}

function nameOf(field) {
  return field.id || `${field.form?.getAttribute("action") ?? ""} ${field.name}`;
}

function keyOf(root) {
  return `live:${root.dataset.session}:words`;
}
