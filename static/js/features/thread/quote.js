// "Quote" puts the selected words of a post (or all of it) into the answer, where the cursor stands: from the menu of the post, from
// the button that appears beside a selection, or by the key q. Without this script the link leads to the same form with the quotation.

import { delegate, element, icon } from "../../core/dom.js";

export function connect(root, { signal }) {
  const offer = new Offer(root, signal);
  delegate(root, "click", "a[href*='quote=']", (event, link) => {
    if (!quote(postOf(link))) return;
    event.preventDefault();
    link.closest("details")?.removeAttribute("open");
  }, { signal });
  root.addEventListener("shortcut:quote", (event) => quote(postOf(event.target)), { signal });
  return () => offer.remove();
}

function postOf(node) {
  return (node instanceof Element ? node : node?.parentElement)?.closest("[data-permalink]") ?? null;
}

function answerField() {
  return document.querySelector("#answer-form textarea[name=body]");
}

/** Tells whether there was something to quote, and a field to put it. */
function quote(post) {
  const field = answerField();
  const prose = post ? proseOf(post) : [];
  if (!field || prose.length === 0) return false;
  const text = selectedIn(prose) || prose.map((one) => one.innerText).join("\n\n");
  insert(field, quotation(post, text));
  getSelection().removeAllRanges();
  return true;
}

// The words of the post itself, not those of the comments below it.
function proseOf(post) {
  return [...post.querySelectorAll(".prose")].filter((one) => postOf(one) === post);
}

function selectedIn(prose) {
  const selection = getSelection();
  if (selection.rangeCount === 0 || selection.isCollapsed) return "";
  const inside = selection.getRangeAt(0).commonAncestorContainer;
  const fits = prose.some((one) => one.contains(inside)) || (prose.length > 1 && postOf(inside) === postOf(prose[0]));
  return fits ? selection.toString().trim() : "";
}

function quotation(post, text) {
  const lines = text.trim().split("\n").map((line) => `> ${line.trim()}`.trimEnd());
  const name = post.querySelector(".byline-name a, .byline-name > span:first-child, .name")?.textContent.trim().replace(/[[\]]/g, "");
  const source = name ? [">", `> [${name}](${post.dataset.permalink})`] : [];
  return [...lines, ...source, "", ""].join("\n");
}

function insert(field, text) {
  const before = field.value.slice(0, field.selectionStart);
  const gap = before === "" || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
  field.setRangeText(gap + text, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
  field.scrollIntoView({ block: "nearest" });
}

// The button beside a selection. It follows the words in the page, so the next press of Tab reaches it.
class Offer {
  constructor(root, signal) {
    this.root = root;
    this.button = element("button", { type: "button", class: "button button--primary button--small quote-offer", hidden: true }, icon("quote"), "Quote");
    // A press must not take the selection away before it is read.
    this.button.addEventListener("pointerdown", (event) => event.preventDefault());
    this.button.addEventListener("click", () => this.#take());
    document.addEventListener("selectionchange", () => this.#place(), { signal });
    addEventListener("scroll", () => this.#place(), { signal, passive: true });
  }

  remove() {
    this.button.remove();
  }

  #take() {
    quote(this.post);
    this.button.hidden = true;
  }

  #place() {
    const selection = getSelection();
    const range = selection.rangeCount > 0 && !selection.isCollapsed ? selection.getRangeAt(0) : null;
    const post = range ? postOf(range.commonAncestorContainer) : null;
    const fits = post !== null && this.root.contains(post) && answerField() !== null && selectedIn(proseOf(post)) !== "";
    this.button.hidden = !fits;
    if (!fits) return;
    this.post = post;
    const prose = proseOf(post).find((one) => one.contains(range.endContainer)) ?? proseOf(post)[0];
    if (this.button.previousElementSibling !== prose) prose.after(this.button);
    const box = range.getBoundingClientRect();
    const top = box.bottom + 8 + 44 < innerHeight ? box.bottom + 8 : Math.max(box.top - 52, 8);
    this.button.style.setProperty("inset-block-start", `${top}px`);
    this.button.style.setProperty("inset-inline-start", `${Math.min(Math.max(box.left, 8), innerWidth - 120)}px`);
  }
}
