// What could not be sent to the server yet, kept in this browser under the person and the place it belongs to.

const PREFIX = "draft";

function own() {
  return `${PREFIX}:${document.body.dataset.userId ?? ""}:`;
}

function key(place) {
  return own() + place;
}

/** Return { content, revision, address } kept for a place, or null; `address` is missing for an ordinary draft. */
export function recall(place) {
  try {
    const kept = JSON.parse(localStorage.getItem(key(place)) ?? "null");
    const fits = kept !== null && typeof kept.content === "object" && kept.content !== null && Number.isInteger(kept.revision);
    return fits ? kept : null;
  } catch {
    return null;
  }
}

/** Keep what is written; tells whether this browser could. */
export function keep(place, content, revision, address) {
  try {
    localStorage.setItem(key(place), JSON.stringify({ content, revision, address }));
    return true;
  } catch {
    return false;
  }
}

/** Forget what was kept. */
export function forget(place) {
  try {
    localStorage.removeItem(key(place));
  } catch (error) {
    console.warn("The copy in this browser could not be removed.", error);
  }
}

/** Return the places for which this browser keeps something of the person who is logged in. */
export function keptPlaces() {
  try {
    return Object.keys(localStorage)
      .filter((name) => name.startsWith(own()))
      .map((name) => name.slice(own().length));
  } catch {
    return [];
  }
}
