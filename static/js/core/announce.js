// One polite live region for the whole page. Say only what is new, and little of it.

const GAP = 700;
const waiting = [];
let region = null;
let timer = null;

/** Have a screen reader say `text` when it is free. The same text waiting twice is said once. */
export function announce(text) {
  if (!text || waiting.includes(text)) return;
  waiting.push(text);
  if (timer === null) next();
}

function next() {
  const text = waiting.shift();
  if (text === undefined) {
    timer = null;
    return;
  }
  if (!region) {
    region = document.createElement("div");
    region.className = "visually-hidden";
    region.setAttribute("role", "status");
    region.setAttribute("aria-live", "polite");
    document.body.append(region);
  }
  // A region must exist and change for the change to be heard, hence the empty moment.
  region.textContent = "";
  setTimeout(() => (region.textContent = text), 60);
  timer = setTimeout(next, GAP);
}
