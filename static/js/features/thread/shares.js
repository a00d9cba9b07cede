// Adds the shares of a ballot up while they are typed, so that nobody has to calculate before sending.

import { all, need } from "../../core/dom.js";

export function connect(form, { signal }) {
  const total = need("[data-shares-total]", form);
  const inputs = all(".share-input input", form);
  const show = () => {
    const sum = inputs.reduce((found, input) => found + (Number(input.value) || 0), 0);
    const left = 100 - sum;
    total.hidden = sum === 0;
    total.textContent = left === 0 ? "100 given." : left > 0 ? `${sum} given, ${left} left.` : `${sum} given, ${-left} too many.`;
  };
  form.addEventListener("input", show, { signal });
  show();
}
