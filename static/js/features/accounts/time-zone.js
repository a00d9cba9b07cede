// Fills in the time zone of the device where none was chosen yet, and offers it where another one stands.

import { element } from "../../core/dom.js";

export function connect(form, { signal }) {
  const control = form.elements.namedItem("time_zone");
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!control || !here) return undefined;
  if (!(control instanceof HTMLSelectElement)) {
    control.value = here;
    return undefined;
  }
  const isOffered = [...control.options].some((option) => option.value === here);
  if (!isOffered || control.value === here) return undefined;
  const words = here.replaceAll("_", " ").split("/").pop();
  const note = element("p", { class: "field-hint" });
  if (control.value === "UTC" && !control.querySelector("option[selected]:not([value='UTC'])")) {
    control.value = here;
    note.append(`Set from this device: ${words}.`);
  } else {
    const button = element("button", { type: "button", class: "link-button" }, `Use ${words}, the zone of this device`);
    button.addEventListener(
      "click",
      () => {
        control.value = here;
        note.replaceChildren(`Set to ${words}. Save to keep it.`);
        control.focus();
      },
      { signal },
    );
    note.append(button);
  }
  control.after(note);
  return () => note.remove();
}
