// The part of the planning form about series: shows what belongs to the chosen way of repeating.

import { all } from "../../core/dom.js";

export function connect(box, { signal }) {
  const choice = box.querySelector("select");
  const show = () => {
    for (const one of all("[data-repeats]", box)) one.hidden = !one.dataset.repeats.split(" ").includes(choice.value);
  };
  choice.addEventListener("change", show, { signal });
  show();
}
