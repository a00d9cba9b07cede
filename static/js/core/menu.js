// A <details> menu closes on Escape, on a click elsewhere, and when the focus leaves it.

export function connect(element, { signal }) {
  const summary = element.querySelector("summary");
  const close = () => (element.open = false);
  element.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape" || !element.open) return;
      event.stopPropagation();
      close();
      summary.focus();
    },
    { signal },
  );
  element.addEventListener(
    "focusout",
    (event) => {
      if (event.relatedTarget instanceof Node && !element.contains(event.relatedTarget)) close();
    },
    { signal },
  );
  document.addEventListener("click", (event) => element.contains(event.target) || close(), { signal });
}
