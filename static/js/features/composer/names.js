// Completion after an @: members of the room, chosen with the arrow keys and Enter. The text keeps the number of the person, so two
// people with similar names cannot be mistaken for each other.

import "../../../vendor/text-expander-element.js";
import { element } from "../../core/dom.js";
import { request } from "../../core/http.js";

const ROOM = /^\/rooms\/[a-z0-9-]+/;

export function completeNames(expander, signal) {
  const room = ROOM.exec(location.pathname)?.[0];
  if (!room) return;
  expander.addEventListener("text-expander-change", ({ detail }) => detail.provide(suggest(expander, room, detail.text, signal)), { signal });
  expander.addEventListener("text-expander-value", ({ detail }) => {
    const { id, name } = detail.item.dataset;
    detail.value = `@[${name.replace(/[[\]]/g, "")}](user:${id})`;
  }, { signal });
}

async function suggest(expander, room, text, signal) {
  if (text.length > 60 || text.includes("](")) return { matched: false };
  try {
    const members = await request(`${room}/members/named?${new URLSearchParams({ q: text })}`, { signal });
    if (!Array.isArray(members) || members.length === 0) return { matched: false };
    // A field of several lines may not call itself a combobox; that it controls a list, and which line is active, it may say.
    requestAnimationFrame(() => {
      for (const name of ["role", "aria-expanded"]) expander.querySelector("textarea")?.removeAttribute(name);
    });
    return { matched: true, fragment: listOf(members) };
  } catch (error) {
    // Writing goes on without help; a name can still be typed.
    if (!signal.aborted) console.warn("Names could not be suggested.", error.message);
    return { matched: false };
  }
}

function listOf(members) {
  const list = element("ul", { class: "suggestions", role: "listbox", "aria-label": "Members of this room" });
  for (const { id, name, about } of members) {
    const option = element("li", { role: "option", id: `named-${id}`, "data-id": String(id), "data-name": name }, element("span", {}, name));
    if (about) option.append(element("span", { class: "small soft" }, about));
    list.append(option);
  }
  return list;
}
