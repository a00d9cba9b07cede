// The agenda of a session: which segment runs, and for those who lead, the way to the next one.

import { announce } from "../../core/announce.js";
import { send } from "../../core/channel.js";
import { all, delegate, fill, fromTemplate } from "../../core/dom.js";
import { follow, sessionOf } from "./hub.js";

const KINDS = { didactic: "Didactic", case: "Case", discussion: "Discussion", break: "Break", other: "Other" };

export function connect(element, { signal }) {
  follow(element, { signal, onMessage: ({ kind, data }) => data.agenda && show(element, data.agenda, kind) });
  delegate(element, "submit", "[data-segment-form]", (event, form) => press(event, form, element), { signal });
}

function show(element, agenda, kind) {
  element.hidden = agenda.segments.length === 0;
  const list = element.querySelector("[data-segments]");
  const focused = document.activeElement?.closest?.("[data-segment]")?.dataset.segment;
  list.replaceChildren(...agenda.segments.map(line));
  if (focused) list.querySelector(`[data-segment="${CSS.escape(focused)}"] button`)?.focus();
  fill(element, {
    countable: agenda.countable_minutes,
    percent: `${agenda.interactive_percent} %`,
    mark: agenda.meets_mark ? "Reaches the Royal College mark of 25 %." : "Below the Royal College mark of 25 %.",
  });
  element.querySelector(".segments-sum [data-field='minutes']").textContent = String(agenda.minutes);
  element.querySelector("[data-share]").setAttribute("width", `${agenda.interactive_percent}%`);
  const current = agenda.segments.find((one) => one.running_since);
  if (kind === "segment.started" && current) announce(`Now: ${current.title}${current.countable ? "" : ". This part does not count."}`);
}

function line(segment) {
  const item = fromTemplate("live-segment");
  const running = segment.running_since !== null;
  item.dataset.segment = String(segment.id);
  item.classList.toggle("is-now", running);
  item.classList.toggle("is-done", !running && segment.started_at !== null);
  if (running) item.setAttribute("aria-current", "step");
  fill(item, { title: segment.title, minutes: segment.minutes, kind: KINDS[segment.kind] ?? segment.kind, ran: Math.floor(segment.seconds / 60) });
  item.querySelector("[data-talks]").hidden = !segment.interactive;
  item.querySelector("[data-uncounted]").hidden = segment.countable;
  item.querySelector("[data-past]").hidden = running || segment.started_at === null;
  item.querySelector("[data-running]").hidden = !running;
  if (running) {
    const time = item.querySelector("[data-running] time");
    time.dateTime = segment.running_since;
    time.dataset.elapsed = "";
  }
  const form = item.querySelector("[data-segment-form]");
  if (form) {
    form.hidden = running;
    form.elements.segment_id.value = String(segment.id);
  }
  return item;
}

async function press(event, form, element) {
  event.preventDefault();
  const note = element.querySelector("[data-agenda-note]");
  const wanted = form.elements.segment_id?.value;
  const button = form.querySelector("button");
  button.disabled = true;
  note.textContent = "";
  try {
    await send("segment.start", { session_id: sessionOf(element), ...(wanted ? { segment_id: Number(wanted) } : {}) });
  } catch (error) {
    note.textContent = error.message;
  } finally {
    for (const one of all("button", form)) one.disabled = false;
  }
}
