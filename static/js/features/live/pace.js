// The pause of a session: everybody sees it, the clock stands still meanwhile, and who leads pauses and resumes.

import { announce } from "../../core/announce.js";
import { send } from "../../core/channel.js";
import { all, delegate, fill } from "../../core/dom.js";
import { clock } from "../../core/time.js";
import { follow, sessionOf } from "./hub.js";

// Why time goes off the record, as the answer to a heartbeat says; a pause has its own banner.
const REASONS = {
  break: "This part does not count as attended.",
  overlap: "You are in another session as well. These minutes count there.",
};

export function connect(element, { signal }) {
  const root = element.closest("[data-live]");
  const note = root.querySelector("[data-uncounted-note]");
  const banner = element.querySelector("[data-paused]");
  if (!banner.hidden) stop(root);
  follow(element, {
    signal,
    onMessage: ({ data }) => {
      if (data.session && "paused_at" in data.session) show(root, element, banner, data.session);
      if (data.agenda) showAgenda(element, data.agenda);
    },
  });
  root.addEventListener("live:pulse", ({ detail }) => {
    const words = REASONS[detail.why] ?? "";
    if (note.textContent !== words) note.textContent = words;
  }, { signal });
  delegate(element, "submit", "[data-pace]", (event, form) => press(event, form, element), { signal });
}

function show(root, element, banner, session) {
  const paused = session.paused_at !== null;
  if (paused === !banner.hidden) return;
  banner.hidden = !paused;
  for (const form of all("[data-pace^='session.']", element)) form.hidden = (form.dataset.pace === "session.pause") === paused;
  if (paused) stop(root, session);
  else run(root, session);
  announce(paused ? "The session is paused. Nothing counts until it goes on." : "The session goes on.");
}

function showAgenda(element, { segments }) {
  const at = segments.findIndex((one) => one.running_since);
  const [current, following] = [segments[at], segments[at + 1]];
  element.querySelector("[data-pace-now]").hidden = !current;
  element.querySelector("[data-pace-uncounted]").hidden = !current || current.countable;
  if (current) fill(element, { now: current.title });
  const form = element.querySelector("[data-pace='segment.start']");
  if (!form) return;
  form.hidden = !following;
  form.elements.segment_id.value = following?.id ?? "";
  if (following) fill(form, { next: following.title });
}

// The time that is left stands still: what it was at the pause.
function stop(root, session) {
  const pausedAt = Date.parse(session?.paused_at ?? root.querySelector("[data-paused-at]")?.dateTime ?? "");
  for (const one of all("time[data-remaining]", root)) {
    one.removeAttribute("data-remaining");
    one.dataset.stopped = "";
    const end = Date.parse(session?.ends_at ?? one.dateTime);
    if (Number.isFinite(pausedAt)) one.textContent = clock(end - pausedAt);
  }
}

function run(root, session) {
  for (const one of all("time[data-stopped]", root)) {
    one.dateTime = session.ends_at;
    one.dataset.remaining = "";
    delete one.dataset.stopped;
  }
}

async function press(event, form, element) {
  event.preventDefault();
  const note = element.querySelector("[data-pace-note]");
  const button = form.querySelector("button");
  button.disabled = true;
  note.textContent = "";
  try {
    // Which segment is meant is said, so that a second press does not skip one.
    const segment = Number(form.elements.segment_id?.value ?? 0);
    await send(form.dataset.pace, { session_id: sessionOf(element), ...(segment ? { segment_id: segment } : {}) });
  } catch (error) {
    note.textContent = error.message;
  } finally {
    button.disabled = false;
  }
}
