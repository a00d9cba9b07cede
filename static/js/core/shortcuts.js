// Single keys for reading and writing; what they do stands on the page /help/keyboard, from which the sheet is made. They never act
// while somebody types, and can be switched off (WCAG 2.1.4).

import { all, element, isTyping, prefersStillness } from "./dom.js";
import { adopt, fetchPage } from "./page.js";

const STORE = "shortcuts";
const HELP = "/help/keyboard";
const PATIENCE = 1500;
const PLACES = { h: "/", r: "/rooms", l: "/live", n: "/notifications", b: "/bookmarks", d: "/drafts" };

let sheet = null;
let waitsForPlace = 0;

/** Tell whether single keys act in this browser. */
export function areShortcutsOn() {
  try {
    return localStorage.getItem(STORE) !== "off";
  } catch {
    return true;
  }
}

/** Switch single keys on or off in this browser. */
export function switchShortcuts(on) {
  try {
    localStorage.setItem(STORE, on ? "on" : "off");
  } catch (error) {
    console.warn("The choice could not be kept in this browser.", error);
  }
}

function handleOf(post) {
  return post.matches("[tabindex], a, button") ? post : (post.querySelector(".row-title a, a") ?? post);
}

function posts() {
  return all("[data-post]").filter((post) => post.offsetParent !== null);
}

function goTo(post) {
  handleOf(post).focus({ preventScroll: true });
  post.scrollIntoView({ block: post.offsetHeight < innerHeight * 0.8 ? "nearest" : "start", behavior: prefersStillness() ? "auto" : "smooth" });
}

function step(direction) {
  const found = posts();
  if (found.length === 0) return;
  const here = found.findIndex((post) => post.contains(document.activeElement));
  const first = found.findIndex((post) => post.getBoundingClientRect().top >= 0);
  const index = here === -1 ? (direction > 0 ? Math.max(first, 0) : Math.max(first - 1, 0)) : here + direction;
  goTo(found[Math.min(Math.max(index, 0), found.length - 1)]);
}

/** The post that a key is about: the one with the focus, otherwise the first in sight. */
function current() {
  const focused = document.activeElement?.closest("[data-permalink]");
  return focused ?? posts().find((post) => post.matches("[data-permalink]") && post.getBoundingClientRect().bottom > 80) ?? null;
}

function press(selector) {
  const post = current();
  const found = post ? all(selector, post).find((one) => one.closest("[data-permalink]") === post) : null;
  found?.click();
}

function search() {
  const field = document.querySelector("[data-search]");
  if (field) field.focus();
  else document.querySelector("[data-search-link]")?.click();
}

function goToNew() {
  const mark = document.getElementById("new");
  const next = mark?.nextElementSibling;
  if (next) goTo(next);
  else document.querySelector("[data-jump-new]")?.click();
}

function answer() {
  const field = document.querySelector("#answer-form textarea[name=body]");
  field?.focus();
  field?.scrollIntoView({ block: "center" });
}

async function buildSheet() {
  const close = element("button", { type: "button", class: "button button--quiet" }, "Close");
  const body = element("div", { class: "sheet-body" }, element("p", { class: "soft" }, "Loading the list."));
  const made = element(
    "dialog",
    { class: "sheet", "aria-labelledby": "shortcuts-title" },
    element("div", { class: "sheet-head" }, element("h2", { id: "shortcuts-title" }, "Keyboard shortcuts"), close),
    body,
    element("div", { "data-controller": "core/shortcut-choice" }),
    element("p", {}, element("a", { href: HELP }, "Open as a page")),
  );
  close.addEventListener("click", () => made.close());
  document.body.append(made);
  made.showModal();
  try {
    const page = await fetchPage(HELP);
    const keys = page.querySelector("[data-keys]");
    if (keys) body.replaceChildren(...adopt([keys]));
  } catch (error) {
    body.textContent = error.message;
    made.addEventListener("close", () => forgetSheet(made), { once: true });
  }
  return made;
}

function forgetSheet(made) {
  made.remove();
  sheet = null;
}

/** Open the list of keys. */
export function openSheet() {
  if (document.querySelector("dialog.sheet[open]")) return;
  if (sheet) sheet.then((made) => made.isConnected && !made.open && made.showModal());
  else sheet = buildSheet();
}

const ACTIONS = {
  j: () => step(1),
  k: () => step(-1),
  "/": search,
  "?": openSheet,
  n: goToNew,
  a: answer,
  c: () => press("a[href*='comment=']"),
  v: () => press("button[id$='-helpful']"),
  b: () => press("button[id$='-bookmark']"),
  l: () => press("[data-copy-link]"),
  q: () => current()?.dispatchEvent(new CustomEvent("shortcut:quote", { bubbles: true })),
  g: () => (waitsForPlace = Date.now() + PATIENCE),
};

function act(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (isTyping(event.target) || document.querySelector("dialog[open]") || !areShortcutsOn()) return;
  if (waitsForPlace > Date.now() && Object.hasOwn(PLACES, event.key)) {
    event.preventDefault();
    waitsForPlace = 0;
    location.assign(PLACES[event.key]);
    return;
  }
  waitsForPlace = 0;
  const action = Object.hasOwn(ACTIONS, event.key) ? ACTIONS[event.key] : null;
  if (!action) return;
  event.preventDefault();
  action();
}

/** Begin to listen. */
export function startShortcuts() {
  document.addEventListener("keydown", act);
  for (const link of all("[data-shortcuts-open]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      openSheet();
    });
  }
}
