// Names after an @ in the chat. The field shows the plain name; what is sent carries the number of whoever was chosen, so that two
// people with one name cannot be mistaken for each other.

/** Complete names in `expander` from now on; returns a function that puts the numbers into a text. */
export function completeChatNames(expander, signal) {
  const chosen = new Map();
  const field = expander.querySelector("textarea");
  field.addEventListener("focus", () => begin(expander, chosen, signal), { once: true, signal });
  return (text) => withNumbers(text, chosen);
}

async function begin(expander, chosen, signal) {
  const { completeNames } = await import("../composer/names.js");
  if (signal.aborted) return;
  completeNames(expander, signal);
  // Heard after the composer's own listener, whose words it replaces.
  expander.addEventListener("text-expander-value", ({ detail }) => {
    const { id, name } = detail.item.dataset;
    chosen.set(name, id);
    detail.value = `@${name}`;
  }, { signal });
}

function withNumbers(text, chosen) {
  const names = [...chosen.keys()].toSorted((one, other) => other.length - one.length);
  return names.reduce((said, name) => said.replaceAll(`@${name}`, `@[${name.replace(/[[\]]/g, "")}](user:${chosen.get(name)})`), text);
}
