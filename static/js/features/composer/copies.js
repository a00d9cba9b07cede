// What somebody is writing, kept in this browser until the server has it; one copy for each person and place.

const KEEP_DAYS = 30;

function keyOf(place) {
  return `draft:${document.body.dataset.userId}:${place}`;
}

/** Keep a copy; a browser that keeps nothing is no error. */
export function keep(place, { content, revision }) {
  try {
    localStorage.setItem(keyOf(place), JSON.stringify({ content, revision, at: Date.now() }));
  } catch (error) {
    console.warn("The text could not be kept in this browser.", error);
  }
}

/** Return the copy of a place, or null. */
export function read(place) {
  try {
    const copy = JSON.parse(localStorage.getItem(keyOf(place)) ?? "null");
    const fits = copy !== null && typeof copy.content === "object" && Number.isInteger(copy.revision);
    return fits && Date.now() - copy.at < KEEP_DAYS * 86400000 ? copy : null;
  } catch {
    return null;
  }
}

/** Drop the copy of a place. */
export function forget(place) {
  try {
    localStorage.removeItem(keyOf(place));
  } catch (error) {
    console.warn("The copy in this browser could not be dropped.", error);
  }
}
