// Small DOM vocabulary. Text reaches the page only through textContent and <template> clones.

/** Find one element or fail with a sentence that names it. */
export function need(selector, root = document) {
  const found = root.querySelector(selector);
  if (!found) throw new Error(`Missing in the page: ${selector}`);
  return found;
}

/** Find all elements as an array. */
export function all(selector, root = document) {
  return [...root.querySelectorAll(selector)];
}

/** Listen on `root` for events of the descendants that match; the handler gets (event, element). */
export function delegate(root, type, selector, handler, options = {}) {
  root.addEventListener(
    type,
    (event) => {
      const target = event.target instanceof Element ? event.target.closest(selector) : null;
      if (target && root.contains(target)) handler(event, target);
    },
    options,
  );
}

/**
 * Clone a <template> (element or id) and fill it: { name: value } goes to the [data-field="name"] elements.
 * A string or number becomes the text; false, null or undefined hides the element; true shows it; a Date fills a <time>.
 */
export function fromTemplate(template, fields = {}) {
  const source = typeof template === "string" ? need(`template#${CSS.escape(template)}`) : template;
  const copy = source.content.firstElementChild.cloneNode(true);
  fill(copy, fields);
  return copy;
}

/** Fill the [data-field] elements of an element already in the page; see fromTemplate. */
export function fill(root, fields) {
  for (const [name, value] of Object.entries(fields)) {
    const selector = `[data-field="${CSS.escape(name)}"]`;
    const targets = all(selector, root);
    if (root.matches(selector)) targets.push(root);
    for (const target of targets) fillOne(target, value);
  }
}

function fillOne(target, value) {
  target.hidden = value === false || value === null || value === undefined;
  if (value instanceof Date) {
    target.dateTime = value.toISOString();
    target.textContent = value.toLocaleString();
  } else if (typeof value === "string" || typeof value === "number") {
    target.textContent = String(value);
  }
}

/** Make an element with text and attributes; style and event attributes are not accepted. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (/^(style|on)/i.test(name)) throw new Error(`Refused attribute: ${name}`);
    if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/** Icon from the sprite, decorative. */
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `${new URL("../../img/icons.svg", import.meta.url).pathname}#${name}`);
  svg.append(use);
  return svg;
}

/** Tell whether somebody is writing in this element. */
export function isTyping(target) {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable]") !== null;
}

/** Tell whether the reader asked for less motion. */
export function prefersStillness() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
