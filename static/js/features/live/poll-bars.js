// The results of a poll as bars that move, each round beside the other, with a table that says the same; and the poll on the
// projector. Bars are changed where they stand, so that they grow instead of jumping; reduced motion is the style sheet's business.

import { all, element, fill } from "../../core/dom.js";
import { request } from "../../core/http.js";
import { follow } from "./hub.js";
import { ANONYMOUS_LEAST, placeText, roundName, STATES, valueText, votes } from "./poll-words.js";

const SVG = "http://www.w3.org/2000/svg";

/** Show what is told of a poll's results inside `container`; nothing changes its place while numbers change. */
export function showResults(container, poll, { note = true } = {}) {
  const told = poll.rounds.filter((round) => round.results);
  if (told.length === 0) {
    container.replaceChildren(...(note ? [element("p", { class: "soft small" }, held(poll))] : []));
    return;
  }
  const known = all(":scope > .poll-rounds > [data-round]", container);
  if (known.length !== told.length || known.some((one, index) => one.dataset.round !== String(told[index].number))) {
    container.replaceChildren(rounds(poll, told));
  }
  const frame = container.querySelector(":scope > .poll-rounds");
  for (const [index, section] of all(":scope > [data-round]", frame).entries()) showRound(section, poll, told[index]);
  keepTable(container, "shift", poll.shift?.length ? shift(poll) : null, true);
  keepTable(container, "table", poll.kind === "text" ? null : table(poll, told), false);
}

function held(poll) {
  if (poll.reveal === "hidden" || !["open", "discussing"].includes(poll.state)) return "The results are held back for now.";
  return poll.results_when === "voted" ? "Results are shown once you have voted." : "Results are shown after the poll is closed.";
}

function rounds(poll, told) {
  const sections = told.map((round) => {
    const name = roundName(round.number, poll.rounds.length);
    const title = element("p", { class: "poll-round-title" }, `${name} `, element("span", { class: "muted numeric", "data-votes": true }));
    return element("div", { class: "poll-round", "data-round": round.number, role: "group", "aria-label": name }, title, element("div", { "data-body": true }));
  });
  return element("div", { class: told.length > 1 ? "poll-rounds poll-rounds--many" : "poll-rounds" }, ...sections);
}

function showRound(section, poll, { results }) {
  const number = section.querySelector("[data-votes], .poll-round-title > span");
  number.textContent = votes(results.voters);
  let body = section.querySelector(":scope > [data-body]");
  if (!body) {
    // What the server drew is taken over once.
    body = element("div", { "data-body": true });
    body.append(...[...section.children].filter((one) => !one.matches(".poll-round-title")));
    section.append(body);
  }
  if (results.is_withheld) body.replaceChildren(element("p", { class: "soft small" }, `Shown from ${ANONYMOUS_LEAST} anonymous votes on, so that nobody can be recognized.`));
  else if (poll.kind === "text") body.replaceChildren(groups(results));
  else showBars(body, poll, results);
}

function groups({ groups: found }) {
  const items = found.map((group) =>
    element(
      "li",
      { "data-group": group.id, class: group.is_hidden ? "is-hidden" : null },
      element("span", { class: "poll-group-text" }, group.text),
      " ",
      element("span", { class: "numeric muted" }, String(group.count)),
      ...(group.members.length > 0 ? [" ", element("span", { class: "small soft" }, `with ${group.members.map((one) => one.text).join(", ")}`)] : []),
    ),
  );
  return element("ul", { class: "poll-groups" }, ...(items.length > 0 ? items : [element("li", { class: "soft" }, "No answer yet.")]));
}

function showBars(body, poll, results) {
  let list = body.querySelector(":scope > .poll-bars");
  if (!list) {
    list = element("ul", { class: "poll-bars" });
    body.replaceChildren(list);
  }
  const right = new Set(poll.state === "closed" ? poll.solution?.correct : []);
  for (const bar of results.bars) {
    const item = list.querySelector(`:scope > [data-place="${bar.place}"]`) ?? list.appendChild(emptyBar(bar.place));
    const text = item.querySelector(".poll-bar-text");
    const words = placeText(poll, bar.place);
    item.classList.toggle("is-right", right.has(bar.place));
    text.replaceChildren(words, ...(right.has(bar.place) ? [" ", element("span", { class: "badge badge--success" }, "Right")] : []));
    item.querySelector(".poll-bar-value").textContent = valueText(poll, bar);
    item.querySelector(".bar").setAttribute("width", `${bar.percent}%`);
  }
  let mean = body.querySelector(":scope > p");
  if (results.mean === null) return mean?.remove();
  mean ??= body.appendChild(element("p", { class: "small soft numeric" }));
  mean.textContent = `Mean ${results.mean} · median ${results.median}`;
}

function emptyBar(place) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  for (const [name, width] of [["track", "100%"], ["bar", "0%"]]) {
    const rect = document.createElementNS(SVG, "rect");
    rect.setAttribute("class", name);
    rect.setAttribute("width", width);
    rect.setAttribute("height", "100%");
    svg.append(rect);
  }
  return element("li", { "data-place": place }, element("span", { class: "poll-bar-text" }), element("span", { class: "poll-bar-value numeric" }), svg);
}

// A disclosure that stays open or closed as its reader left it.
function keepTable(container, name, made, open) {
  const old = container.querySelector(`:scope > details[data-of="${name}"]`);
  for (const one of all(":scope > details:not([data-of])", container)) one.remove();
  if (!made) return old?.remove();
  const summary = name === "shift" ? "Who moved between the votes" : "As a table";
  const holder = old ?? container.appendChild(element("details", { class: "disclosure", "data-of": name, open }, element("summary", {}, summary), element("div", { class: "table-wrap", tabindex: "0", role: "group", "aria-label": summary })));
  holder.querySelector(".table-wrap").replaceChildren(made);
}

function shift(poll) {
  const rows = poll.shift.map((one) =>
    element("tr", { class: one.start === one.end ? null : "is-moved" }, element("td", {}, placeText(poll, one.start)), element("td", {}, one.start === one.end ? "the same" : placeText(poll, one.end)), element("td", { class: "number" }, String(one.people))),
  );
  return tableOf(["First vote", "Last vote", "People"], rows, 2);
}

function table(poll, told) {
  const rows = (told.find((round) => round.results.bars.length > 0)?.results.bars ?? []).map((bar, row) =>
    element("tr", {}, element("th", { scope: "row" }, placeText(poll, bar.place)), ...told.map(({ results }) => element("td", { class: "number" }, results.bars[row] ? valueText(poll, results.bars[row]) : "withheld"))),
  );
  return tableOf(["Answer", ...told.map((round) => roundName(round.number, poll.rounds.length))], rows, 1);
}

function tableOf(names, rows, numbersFrom) {
  const head = names.map((name, index) => element("th", { scope: "col", class: index >= numbersFrom ? "number" : null }, name));
  return element("table", { class: "table" }, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...rows));
}

// ---------------------------------------------------------------- the projector

/** Show the poll that is open, or the latest one once its results are told, to a whole lecture hall. */
export async function connect(section, { signal }) {
  const polls = new Map();
  const take = (found) => {
    for (const one of found) polls.set(one.id, { ...polls.get(one.id), ...one });
    show(section, pick([...polls.values()]));
  };
  const waiting = [];
  let ready = false;
  follow(section, { signal, onMessage: ({ data }) => data.polls && (ready ? take(data.polls) : waiting.push(...data.polls)) });
  try {
    take((await request(section.dataset.pollsAddress, { signal, background: true })).polls);
  } catch (error) {
    if (signal.aborted) return;
    reportError(error);
  }
  ready = true;
  if (waiting.length > 0) take(waiting);
}

// What is open stands first; after it the one that was asked last, until the next is opened.
function pick(polls) {
  const whole = polls.filter((one) => one.question);
  return whole.find((one) => one.state === "open") ?? whole.filter((one) => one.state !== "draft").toSorted((one, other) => asked(one).localeCompare(asked(other))).at(-1);
}

function asked(poll) {
  return poll.rounds.at(-1)?.opened_at ?? "";
}

function show(section, poll) {
  section.hidden = !poll;
  const none = section.parentElement.querySelector("[data-no-poll]");
  if (none) none.hidden = Boolean(poll);
  if (!poll) return;
  const ends = poll.state === "open" ? poll.rounds.at(-1)?.ends_at : null;
  fill(section, { question: poll.question, voters: poll.voters, state: poll.state === "open" ? "Vote now" : STATES[poll.state] });
  const time = section.querySelector("[data-poll-time]");
  time.hidden = !ends;
  if (ends) time.querySelector("time").dateTime = ends;
  const told = poll.rounds.some((round) => round.results && !round.results.is_withheld);
  const options = section.querySelector("[data-poll-options]");
  options.hidden = told;
  options.replaceChildren(...poll.options.map((option) => element("li", {}, option)));
  showResults(section.querySelector("[data-poll-results]"), poll, { note: false });
}
