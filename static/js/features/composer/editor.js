// The Markdown field: shows its toolbar, and a preview rendered by the server, the same way as when the text is posted.

import "../../../vendor/markdown-toolbar-element.js";
import { all, delegate, need } from "../../core/dom.js";
import { adopt, fetchPage } from "../../core/page.js";

export function connect(element, { signal }) {
  const bar = need("[data-editor-bar]", element);
  const field = need("textarea", element);
  const preview = element.querySelector("[data-editor-preview]");
  const address = element.closest("form")?.dataset.previewUrl;
  bar.hidden = false;
  const expander = element.querySelector("[data-editor-expander]");
  // Names are completed from the moment somebody is about to write; readers need not load what that takes.
  if (expander) field.addEventListener("focus", () => nameMembers(expander, field, signal), { once: true, signal });
  if (!preview) return;
  if (!address) {
    need(".editor-modes", bar).hidden = true;
    return;
  }
  const show = (mode) => {
    for (const button of all("[data-editor-mode]", bar)) {
      button.setAttribute("aria-pressed", String(button.dataset.editorMode === mode));
    }
    preview.hidden = mode !== "preview";
    field.hidden = mode === "preview";
    if (mode === "preview") fill(preview, address, field.value, signal);
    else field.focus();
  };
  delegate(bar, "click", "[data-editor-mode]", (_event, button) => show(button.dataset.editorMode), { signal });
  // A refused or restored text is written on, whatever was looked at before.
  field.addEventListener("invalid", () => show("write"), { signal });
}

async function nameMembers(expander, field, signal) {
  try {
    const { completeNames } = await import("./names.js");
    if (signal.aborted) return;
    completeNames(expander, signal);
    // An @ may have been typed while that was on its way; the field alone hears of it again.
    if (field.value) field.dispatchEvent(new Event("input"));
  } catch {
    // Without a connection names are not completed; the next time somebody begins to write they are.
    field.addEventListener("focus", () => nameMembers(expander, field, signal), { once: true, signal });
  }
}

async function fill(preview, address, text, signal) {
  preview.setAttribute("aria-busy", "true");
  try {
    const page = await fetchPage(address, { form: new URLSearchParams({ text }), signal });
    preview.replaceChildren(...adopt(page.body.childNodes));
  } catch (error) {
    if (signal.aborted) return;
    preview.textContent = `No preview now. ${error.message} What you wrote is unchanged.`;
  } finally {
    preview.removeAttribute("aria-busy");
  }
}
