// Single keys: j and k through the posts of a page, / to search, ? for this list. They can be switched off (WCAG 2.1.4).

import { all, element, isTyping, prefersStillness } from "./dom.js";

const STORE = "shortcuts";
const KEYS = [
  ["j", "Next post"],
  ["k", "Previous post"],
  ["Enter", "Open the post or row that has the focus"],
  ["/", "Search"],
  ["?", "This list"],
  ["Esc", "Close a menu or this list"],
];

let sheet = null;

function enabled() {
  try {
    return localStorage.getItem(STORE) !== "off";
  } catch {
    return true;
  }
}

function setEnabled(on) {
  try {
    localStorage.setItem(STORE, on ? "on" : "off");
  } catch (error) {
    console.warn("The choice could not be kept in this browser.", error);
  }
}

function handleOf(post) {
  return post.matches("[tabindex], a, button") ? post : (post.querySelector(".row-title a, a") ?? post);
}

function step(direction) {
  const posts = all("[data-post]").filter((post) => post.offsetParent !== null);
  if (posts.length === 0) return;
  const here = posts.findIndex((post) => post.contains(document.activeElement));
  const first = posts.findIndex((post) => post.getBoundingClientRect().top >= 0);
  const index = here === -1 ? (direction > 0 ? Math.max(first, 0) : Math.max(first - 1, 0)) : here + direction;
  const post = posts[Math.min(Math.max(index, 0), posts.length - 1)];
  handleOf(post).focus({ preventScroll: true });
  post.scrollIntoView({ block: post.offsetHeight < innerHeight * 0.8 ? "nearest" : "start", behavior: prefersStillness() ? "auto" : "smooth" });
}

function search() {
  const field = document.querySelector("[data-search]");
  if (field) field.focus();
  else document.querySelector("[data-search-link]")?.click();
}

function buildSheet() {
  const close = element("button", { type: "button", class: "button button--quiet" }, "Close");
  const box = element("input", { type: "checkbox", id: "shortcuts-on" });
  box.checked = enabled();
  box.addEventListener("change", () => setEnabled(box.checked));
  const list = element("dl", { class: "facts facts--pairs" });
  for (const [key, meaning] of KEYS) list.append(element("dt", {}, element("kbd", {}, key)), element("dd", {}, meaning));
  const made = element(
    "dialog",
    { class: "sheet", "aria-labelledby": "shortcuts-title" },
    element("div", { class: "sheet-head" }, element("h2", { id: "shortcuts-title" }, "Keyboard shortcuts"), close),
    list,
    element("label", { class: "choice", for: "shortcuts-on" }, box, element("span", {}, "Use single-key shortcuts")),
  );
  close.addEventListener("click", () => made.close());
  document.body.append(made);
  return made;
}

/** Open the list of keys. */
export function openSheet() {
  sheet ??= buildSheet();
  if (!sheet.open) sheet.showModal();
}

/** Begin to listen. */
export function startShortcuts() {
  const actions = { j: () => step(1), k: () => step(-1), "/": search, "?": openSheet };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (isTyping(event.target) || document.querySelector("dialog[open]") || !enabled()) return;
    const action = Object.hasOwn(actions, event.key) ? actions[event.key] : null;
    if (!action) return;
    event.preventDefault();
    action();
  });
  for (const button of all("[data-shortcuts-open]")) {
    button.hidden = false;
    button.addEventListener("click", openSheet);
  }
}
