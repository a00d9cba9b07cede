// The projector: what is being answered and what comes next, in large type. It asks for the whole state again after each change,
// at most once a second; one page of the lecture hall can afford that.

import { all, fill } from "../../core/dom.js";
import { request } from "../../core/http.js";
import { follow } from "./hub.js";

const PAUSE = 1000;

export function connect(root, { signal }) {
  let timer = null;
  const refresh = async () => {
    timer = null;
    try {
      show(root, await request(root.dataset.stateAddress, { signal }));
    } catch {
      // The next message brings the next try; until then the hall keeps what it sees.
    }
  };
  follow(root, {
    signal,
    onMessage: () => (timer ??= setTimeout(refresh, PAUSE)),
    onEphemeral: ({ kind, data }) => {
      if (kind === "presence.changed") for (const one of all("[data-present]", root)) one.textContent = String(data.count);
    },
  });
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
}

function show(root, { session, questions }) {
  const current = questions.find((one) => one.state === "answering");
  const next = questions.find((one) => one.state === "open");
  const words = session.state === "ended" ? "This session has ended. Thank you for coming" : "The next question is being chosen";
  fill(root, {
    body: current?.body ?? words,
    author: current?.author?.display_name ?? "",
    score: current?.score ?? 0,
    next: next?.body ?? "",
  });
  root.querySelector("[data-now-meta]").hidden = !current;
  root.querySelector("[data-next-line]").hidden = !next;
  for (const one of all("[data-session-title]", root)) one.textContent = session.title;
  for (const one of all("time[data-remaining]", root)) one.dateTime = session.ends_at;
}
