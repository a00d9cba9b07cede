// What could not be sent to the server yet, kept in this browser under the person and the place it belongs to.

const PREFIX = "draft";

function key(place) {
  return `${PREFIX}:${document.body.dataset.userId ?? ""}:${place}`;
}

/** Return { content, revision } kept for a place, or null. */
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
export function keep(place, content, revision) {
  try {
    localStorage.setItem(key(place), JSON.stringify({ content, revision }));
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
