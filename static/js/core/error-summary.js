// Moves the focus to the error summary, and from its links to the fields.

export function connect(element, { signal }) {
  element.focus();
  element.addEventListener(
    "click",
    (event) => {
      const link = event.target instanceof Element ? event.target.closest('a[href^="#"]') : null;
      const target = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
      if (!target) return;
      event.preventDefault();
      const control = target.matches("input, select, textarea") ? target : (target.querySelector("input, select, textarea") ?? target);
      (control.closest(".field") ?? control).scrollIntoView({ block: "start" });
      control.focus({ preventScroll: true });
    },
    { signal },
  );
}
