// Adds a button that copies the text beside it to the clipboard.

import { announce } from "../../core/announce.js";
import { element, need } from "../../core/dom.js";

export function connect(box, { signal }) {
  if (!navigator.clipboard) return undefined;
  const button = element("button", { type: "button", class: "button button--small" }, "Copy");
  button.addEventListener(
    "click",
    async () => {
      await navigator.clipboard.writeText(need("[data-copy-text]", box).textContent.trim());
      button.textContent = "Copied";
      announce("Copied");
    },
    { signal },
  );
  box.append(button);
  return () => button.remove();
}
