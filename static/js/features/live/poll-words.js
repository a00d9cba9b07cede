// Words of polls, as the pages say them.

export const KINDS = {
  single: "One choice",
  multiple: "Several choices",
  quiz: "Quiz with right answers",
  scale: "Scale",
  ranking: "Ranking",
  text: "Free text",
  differential: "Differential with likelihoods",
};
export const STATES = { draft: "Prepared", open: "Open", discussing: "Discuss", closed: "Closed" };
const ROUNDS = ["First vote", "Second vote", "Third vote", "Fourth vote", "Fifth vote"];
export const ANONYMOUS_LEAST = 3;

/** What is counted at a place: an option, or a value of a scale with what it means. */
export function placeText(poll, place) {
  if (poll.kind !== "scale") return poll.options[place - 1] ?? "";
  const label = place === poll.scale_min ? poll.label_min : place === poll.scale_max ? poll.label_max : "";
  return label ? `${place} ${label}` : String(place);
}

/** What a bar stands for. */
export function valueText(poll, bar) {
  const first = bar.firsts ? ` · first for ${bar.firsts}` : "";
  if (poll.kind === "differential") return `${bar.value} %${first}`;
  if (poll.kind === "ranking") return `${Math.round(bar.value)} points${first}`;
  return `${bar.count} · ${Math.round(bar.percent)} %`;
}

/** The name of a round among so many. */
export function roundName(number, total) {
  return total === 1 ? "Results" : (ROUNDS[number - 1] ?? `Vote ${number}`);
}

/** "1 vote", "2 votes". */
export function votes(number) {
  return number === 1 ? "1 vote" : `${number} votes`;
}
