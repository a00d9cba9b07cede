// The checkbox that switches single-key shortcuts off in this browser (WCAG 2.1.4).

import { element } from "./dom.js";
import { areShortcutsOn, switchShortcuts } from "./shortcuts.js";

export function connect(root, { signal }) {
  const box = element("input", { type: "checkbox", id: "shortcuts-here" });
  box.checked = areShortcutsOn();
  box.addEventListener("change", () => switchShortcuts(box.checked), { signal });
  root.append(element("label", { class: "choice", for: box.id }, box, element("span", {}, "Use single-key shortcuts in this browser")));
}
