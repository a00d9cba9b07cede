// The parts of a line of chat that change or lead elsewhere: the line it answers, and the reactions to it.

import { all, element } from "../../core/dom.js";

const SHORT = 120;

/** Show the line that another answers, in short; without words when it was hidden. */
export function writeQuote(item, quote) {
  const place = item.querySelector("[data-quote]");
  place.hidden = !quote;
  place.dataset.quote = quote?.id ?? "";
  if (!quote) return;
  place.querySelector("a").href = `#message-${quote.id}`;
  place.querySelector('[data-field="quoted-author"]').textContent = quote.author?.display_name ?? "Hidden message";
  place.querySelector('[data-field="quoted"]').textContent = quote.body;
}

/** Take the words of a hidden line out of every line that answers it. */
export function hideQuotes(log, id) {
  for (const place of all(`[data-quote="${Number(id)}"]`, log)) writeQuote(place.closest("[data-message]"), { id, author: null, body: "" });
}

/** Show how many people react in each way. The buttons stay the same ones, so that none is lost under a finger or the focus. */
export function writeReactions(item, counts, signs) {
  const list = item.querySelector("[data-reactions]");
  if (!list) return;
  const mine = ownKinds(item);
  for (const [kind, { sign, words }] of signs) {
    const number = counts[kind] ?? 0;
    let chip = list.querySelector(`[data-react="${kind}"]`);
    if (!chip && number > 0) {
      chip = element(
        "button",
        { type: "button", class: "reaction", "data-react": kind },
        element("span", { "aria-hidden": "true" }, sign),
        element("span", { class: "visually-hidden" }, `${words}: `),
        element("span", { class: "numeric" }),
      );
      list.append(element("li", {}, chip));
    }
    if (!chip) continue;
    chip.querySelector(".numeric").textContent = String(number);
    chip.setAttribute("aria-pressed", String(mine.has(kind)));
    chip.parentElement.hidden = number === 0;
  }
  list.hidden = Object.values(counts).every((number) => number === 0);
}

/** How the reader reacted to a line; kept on the line itself. */
export function ownKinds(item) {
  item.dataset.mine ??= all('[data-react][aria-pressed="true"]', item).map((one) => one.dataset.react).join(" ");
  return new Set(item.dataset.mine.split(" ").filter(Boolean));
}

/** Remember one's own reaction to a line, or that it was taken back. */
export function setOwn(item, kind, on) {
  const kinds = ownKinds(item);
  if (on) kinds.add(kind);
  else kinds.delete(kind);
  item.dataset.mine = [...kinds].join(" ");
}

/** The signs of the reactions and what they mean, from the menu of the page; none where nobody can react. */
export function signsOf(chat) {
  const buttons = all("[data-chat-menu] [data-react]", chat);
  return new Map(buttons.map((one) => [one.dataset.react, { sign: one.dataset.sign, words: one.dataset.words }]));
}

/** The beginning of a text on one line. */
export function short(text) {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > SHORT ? `${line.slice(0, SHORT - 1)}…` : line;
}
