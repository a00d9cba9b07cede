// Preparing a poll: shows the fields that its kind reads.

import { all } from "../../core/dom.js";

export function connect(form, { signal }) {
  const show = () => {
    for (const part of all("[data-for]", form)) part.hidden = !part.dataset.for.split(" ").includes(form.elements.kind.value);
    const change = form.elements.may_change;
    change.disabled = form.elements.is_anonymous.checked;
    if (change.disabled) change.checked = false;
  };
  form.addEventListener("change", show, { signal });
  show();
}
