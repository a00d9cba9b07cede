// The agenda in the planning form: lines are added, removed and moved without sending the form; the sum of minutes is told.

import { all, delegate } from "../../core/dom.js";

export function connect(element, { signal }) {
  const list = element.querySelector("[data-lines]");
  const blank = element.querySelector("template[data-blank]");
  const most = Number(element.dataset.most);
  const changed = () => {
    number(list);
    element.querySelector("[data-add]").hidden = list.children.length >= most;
    tell(element, list);
  };
  delegate(element, "click", "[data-add]", (event) => {
    event.preventDefault();
    list.append(blank.content.firstElementChild.cloneNode(true));
    changed();
    list.lastElementChild.querySelector("input:not([type=hidden])").focus();
  }, { signal });
  delegate(element, "click", "[data-remove]", (event, button) => {
    event.preventDefault();
    const line = button.closest("[data-line]");
    const near = line.nextElementSibling ?? line.previousElementSibling;
    line.remove();
    changed();
    (near?.querySelector("[data-remove]") ?? element.querySelector("[data-add]")).focus();
  }, { signal });
  delegate(element, "click", "[data-raise]", (event, button) => {
    event.preventDefault();
    const line = button.closest("[data-line]");
    line.previousElementSibling?.before(line);
    changed();
    button.focus();
  }, { signal });
  element.addEventListener("input", () => tell(element, list), { signal });
  changed();
}

// The server reads the lines in the order of their numbers.
function number(list) {
  [...list.children].forEach((line, index) => {
    for (const field of all("[name^='segments-']", line)) {
      const name = field.name.replace(/^segments-\d+-/, `segments-${index}-`);
      const label = line.querySelector(`label[for="${CSS.escape(field.id)}"]`);
      field.name = name;
      field.id = name;
      if (label) label.htmlFor = name;
    }
    for (const one of all("[data-number]", line)) one.textContent = String(index + 1);
    for (const button of all("[data-raise], [data-remove]", line)) button.value = String(index);
  });
}

function tell(element, list) {
  let [total, counted, talked] = [0, 0, 0];
  for (const line of list.children) {
    const value = (name) => line.querySelector(`[name$="-${name}"]`);
    const minutes = Number(value("minutes").value) || 0;
    total += minutes;
    const counts = value("countable").value ? value("countable").value === "yes" : value("kind").value !== "break";
    if (!counts) continue;
    counted += minutes;
    if (value("interactive").checked) talked += minutes;
  }
  const share = counted ? Math.floor((100 * talked) / counted) : 0;
  element.querySelector("[data-sum]").textContent = total ? `${total} minutes in all, ${counted} count, ${share} % of them interactive` : "";
}
