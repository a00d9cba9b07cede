// "Quote" puts the selected words of a post (or all of it) into the answer, where the cursor stands. Without this script the link
// leads to the same form with the quotation in it.

import { delegate } from "../../core/dom.js";

export function connect(element, { signal }) {
  delegate(element, "click", "a[href*='quote=']", (event, link) => quote(event, link), { signal });
}

function quote(event, link) {
  const field = document.querySelector("#answer-form textarea[name=body]");
  const post = link.closest("[data-post-id]");
  const prose = post?.querySelector(".prose");
  if (!field || !prose) return;
  event.preventDefault();
  link.closest("details")?.removeAttribute("open");
  insert(field, quotation(post, selectedIn(prose) || prose.innerText));
}

function selectedIn(prose) {
  const selection = getSelection();
  const inside = selection.rangeCount > 0 && prose.contains(selection.getRangeAt(0).commonAncestorContainer);
  return inside ? selection.toString().trim() : "";
}

function quotation(post, text) {
  const lines = text.trim().split("\n").map((line) => `> ${line.trim()}`.trimEnd());
  const link = post.querySelector(".byline-about a, .comment-head a[href*='/posts/']");
  const name = post.querySelector(".byline-name a, .byline-name > span:first-child, .name")?.textContent.trim().replace(/[[\]]/g, "");
  const source = name && link ? [">", `> [${name}](${new URL(link.href).pathname})`] : [];
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
