// How far the slides are that were uploaded: a bar that moves as pages become pictures.

import { announce } from "../../core/announce.js";
import { fill, need } from "../../core/dom.js";
import { follow } from "./hub.js";

export function connect(element, { signal }) {
  let key = element.dataset.deckKey;
  follow(element, {
    signal,
    onMessage({ data }) {
      if (!data.slides) return;
      const { work, pages } = data.slides;
      show(element, data.slides);
      if (work?.state === "failed") announce(work.problem);
      if (data.slides.key && data.slides.key !== key) announce(`The slides are ready: ${pages} pages.`);
      key = data.slides.key;
    },
  });
}

function show(element, { key, pages, work }) {
  need("[data-deck-ready]", element).hidden = !key;
  need("[data-deck-work]", element).hidden = !work;
  fill(element, { pages });
  if (!work) return;
  const failed = work.state === "failed";
  need("[data-deck-progress]", element).hidden = failed;
  need("[data-deck-problem]", element).hidden = !failed;
  const bar = need("[data-deck-bar]", element);
  bar.max = work.pages;
  bar.value = work.done;
  fill(element, { done: work.done, total: work.pages, problem: work.problem });
}
