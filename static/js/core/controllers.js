// Binds behaviours to elements: data-controller="live/queue core/menu" loads each named module once from the manifest and calls
//   export function connect(element, { signal }) { …; return () => { … } }
// `signal` aborts when the element leaves the page (pass it to addEventListener and fetch); the returned function, if any, runs then.

const bound = new WeakMap();
let manifest = Object.create(null);

/** Begin: connect what is in the page, and follow what comes and goes. */
export function start(entries) {
  manifest = entries;
  connectAll(document.documentElement);
  new MutationObserver(follow).observe(document.documentElement, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ["data-controller"],
  });
}

function follow(records) {
  for (const record of records) {
    for (const node of record.removedNodes) if (node instanceof Element) disconnectAll(node);
    for (const node of record.addedNodes) if (node instanceof Element && node.isConnected) connectAll(node);
    if (record.type === "attributes") {
      disconnect(record.target);
      if (record.target.dataset.controller) connect(record.target);
    }
  }
}

function within(root) {
  const inside = [...root.querySelectorAll("[data-controller]")];
  if (root.matches("[data-controller]")) inside.unshift(root);
  return inside;
}

function connectAll(root) {
  for (const element of within(root)) if (!bound.has(element)) connect(element);
}

// An element that was only moved is in the page again by now and keeps its behaviours.
function disconnectAll(root) {
  for (const element of within(root)) if (!element.isConnected) disconnect(element);
}

function disconnect(element) {
  bound.get(element)?.abort();
  bound.delete(element);
}

function connect(element) {
  const life = new AbortController();
  bound.set(element, life);
  for (const name of element.dataset.controller.split(/\s+/).filter(Boolean)) {
    if (!Object.hasOwn(manifest, name)) {
      console.warn(`No controller named ${name} in the manifest.`);
      continue;
    }
    load(name, element, life.signal).catch((error) => console.error(`Controller ${name} failed.`, error));
  }
}

async function load(name, element, signal) {
  const module = await manifest[name]();
  if (signal.aborted) return;
  const cleanUp = await module.connect(element, { signal });
  if (typeof cleanUp !== "function") return;
  if (signal.aborted) cleanUp();
  else signal.addEventListener("abort", cleanUp, { once: true });
}
