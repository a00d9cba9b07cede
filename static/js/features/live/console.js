// The mentor's dialog about one question: opens in place of the question's own page and closes when something was done.

import { all, delegate, element } from "../../core/dom.js";
import { Queue } from "./queue.js";

const SHORT = 90;

export function connect(dialog, { signal }) {
  const root = dialog.closest("[data-live]");
  const queue = new Queue(root, { signal });
  delegate(root, "click", "[data-manage]", (event, link) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    open(dialog, queue, link.closest("[data-question]"));
  }, { signal });
  dialog.addEventListener("live:done", () => dialog.close(), { signal });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close(), { signal });
}

function open(dialog, queue, item) {
  const id = item.dataset.question;
  const body = item.querySelector(".queue-text").textContent;
  dialog.querySelector("[data-manage-body]").textContent = body;
  for (const form of all("form[data-control]", dialog)) {
    form.action = form.getAttribute("action").replace(/\/questions\/\d+\//, `/questions/${id}/`);
    form.dataset.about = id;
    form.reset();
  }
  const labels = new Set(item.dataset.labels.split(","));
  for (const box of all('input[name="labels"]', dialog)) box.checked = labels.has(box.value);
  for (const link of all("a[data-private]", dialog)) {
    link.href = link.getAttribute("href").replace(/\/questions\/\d+\//, `/questions/${id}/`);
    link.hidden = item.dataset.masked !== "true";
  }
  const answer = item.querySelector(":scope > .queue-body > [data-answer]");
  for (const field of all("textarea", dialog)) field.value = answer.hidden ? "" : (answer.dataset.source ?? "");
  const others = [...queue.items("answering"), ...queue.items("open"), ...queue.items("done")].filter(
    (one) => one !== item && ["open", "answering", "answered"].includes(one.dataset.state),
  );
  for (const select of all("[data-merge-targets]", dialog)) {
    select.replaceChildren(...others.map((one) => element("option", { value: one.dataset.question }, short(one.querySelector(".queue-text").textContent))));
    select.closest("form").hidden = others.length === 0;
  }
  dialog.showModal();
}

function short(text) {
  return text.length > SHORT ? `${text.slice(0, SHORT - 1)}…` : text;
}
