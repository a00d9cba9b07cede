// Adds a button to a password field that shows what was typed. Without the script the field works as it is.

import { element } from "../../core/dom.js";

export function connect(input, { signal }) {
  const button = element("button", { type: "button", class: "link-button show-password", "aria-controls": input.id, "aria-pressed": "false" }, "Show password");
  button.addEventListener(
    "click",
    () => {
      const shown = input.type === "password";
      input.type = shown ? "text" : "password";
      button.setAttribute("aria-pressed", String(shown));
    },
    { signal },
  );
  // Nobody wants a browser to remember a password as an ordinary text.
  input.form?.addEventListener("submit", () => { input.type = "password"; }, { signal });
  input.after(button);
  return () => button.remove();
}
