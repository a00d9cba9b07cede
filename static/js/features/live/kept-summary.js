// The summary of an ended session appears and changes while its page is read. The message tells that there is a newer one; the page
// of this reader has it as the server rendered it. What is being read stays where it is on the screen.

import { announce } from "../../core/announce.js";
import { adopt, fetchPage } from "../../core/page.js";
import { follow } from "./hub.js";

export function connect(section, { signal }) {
  let busy = null;
  let wanted = 0;
  const bring = async () => {
    try {
      while (wanted > Number(section.dataset.revision)) {
        const before = Number(section.dataset.revision);
        show(section, await fetchPage(location.href.split("#")[0], { signal, background: true }));
        if (Number(section.dataset.revision) <= before) return;
      }
    } catch (error) {
      // The next message, or the next visit, brings it.
      if (error.name !== "AbortError") console.warn("The summary could not be brought.", error);
    } finally {
      busy = null;
    }
  };
  follow(section, {
    signal,
    onMessage: ({ data }) => {
      if (!data.archive || data.archive.summary_revision <= Number(section.dataset.revision)) return;
      wanted = data.archive.summary_revision;
      busy ??= bring();
    },
  });
}

function show(section, page) {
  const fresh = page.getElementById(section.id);
  if (!fresh || Number(fresh.dataset.revision) <= Number(section.dataset.revision)) return;
  const isFirst = section.dataset.revision === "0";
  keepPlace(section, () => {
    section.dataset.revision = fresh.dataset.revision;
    for (const selector of ["[data-summary]", ".live-section-head"]) {
      const old = section.querySelector(selector);
      // Whoever stands on the button keeps it.
      if (!old.contains(document.activeElement)) old.replaceWith(...adopt([fresh.querySelector(selector)]));
    }
  });
  announce(isFirst ? "The mentors wrote a summary" : "The summary was changed");
}

// Whoever has scrolled past the summary reads on where they were.
function keepPlace(section, change) {
  const below = section.nextElementSibling;
  const before = section.getBoundingClientRect().top < 0 ? below?.getBoundingClientRect().top : undefined;
  change();
  if (before === undefined) return;
  const moved = below.getBoundingClientRect().top - before;
  if (Math.abs(moved) >= 1) scrollBy({ top: moved, behavior: "instant" });
}
