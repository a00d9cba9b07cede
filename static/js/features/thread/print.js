// The button that opens the browser's own print dialog; shown where scripts run.

export function connect(button, { signal }) {
  button.hidden = false;
  button.addEventListener("click", () => print(), { signal });
}
