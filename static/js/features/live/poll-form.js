// The fields of a ballot, as the pages write them, and what was chosen in them.

import { all, element } from "../../core/dom.js";
import { placeText } from "./poll-words.js";

/** Build the fields for a poll, filled with an earlier ballot (`kept`) where there is one. */
export function buildFields(poll, kept) {
  const build = { scale, ranking, text, differential }[poll.kind] ?? choices;
  return build(poll, kept ?? {});
}

/** Return what was chosen, as the server takes it. */
export function readBallot(poll, form) {
  const data = new FormData(form);
  const places = poll.options.map((_option, index) => index + 1);
  switch (poll.kind) {
    case "scale":
      return { value: data.get("value") === null ? null : Number(data.get("value")) };
    case "text":
      return { text: data.get("text").trim() };
    case "differential":
      return { shares: places.map((place) => Number(data.get(`share-${place}`)) || 0) };
    case "ranking":
      return { ranks: places.toSorted((one, other) => data.get(`rank-${one}`) - data.get(`rank-${other}`)) };
    default:
      return { choices: data.getAll("choices").map(Number) };
  }
}

/** Keep ranks different: the option that had the rank just chosen takes the one that became free. */
export function swapRanks(select) {
  const others = all("select", select.closest("fieldset")).filter((one) => one !== select);
  const twin = others.find((one) => one.value === select.value);
  const used = new Set([select, ...others].map((one) => one.value));
  const free = [...select.options].map((one) => one.value).find((value) => !used.has(value));
  if (twin && free) twin.value = free;
}

function fieldset(poll, legend, ...children) {
  return element("fieldset", { class: "poll-fields" }, element("legend", { class: legend ? "field-label" : "visually-hidden" }, legend ?? poll.question), ...children);
}

function hint(words) {
  return element("p", { class: "field-hint" }, words);
}

function choices(poll, kept) {
  const one = poll.kind === "single" || poll.max_choices === 1;
  const words = one ? [] : [hint(poll.max_choices ? `Choose up to ${poll.max_choices}.` : "Choose all that apply.")];
  const labels = poll.options.map((option, index) =>
    element("label", { class: "choice" }, element("input", { type: one ? "radio" : "checkbox", name: "choices", value: index + 1, checked: kept.choices?.includes(index + 1) }), element("span", {}, option)),
  );
  return fieldset(poll, null, ...words, ...labels);
}

function scale(poll, kept) {
  const steps = [];
  for (let value = poll.scale_min; value <= poll.scale_max; value += 1) {
    steps.push(element("label", {}, element("input", { type: "radio", name: "value", value, checked: kept.value === value }), element("span", { class: "numeric" }, String(value))));
  }
  return fieldset(poll, null, element("div", { class: "poll-scale" }, ...end(poll.scale_min, poll.label_min), element("span", { class: "poll-scale-steps" }, ...steps), ...end(poll.scale_max, poll.label_max)));
}

function end(value, label) {
  return label ? [element("span", { class: "soft small" }, `${value}: ${label}`)] : [];
}

function ranking(poll, kept) {
  const rows = poll.options.map((option, index) => {
    const rank = kept.ranks ? kept.ranks.indexOf(index + 1) + 1 : index + 1;
    const ranks = poll.options.map((_one, at) => element("option", { value: at + 1, selected: at + 1 === rank }, String(at + 1)));
    return element("label", { class: "poll-rank" }, element("select", { class: "input", name: `rank-${index + 1}` }, ...ranks), element("span", {}, option));
  });
  return fieldset(poll, null, hint("1 is the best. Give each a different rank."), ...rows);
}

function text(poll, kept) {
  const id = `poll-${poll.id}-text`;
  const words = element("p", { class: "field-hint", id: `${id}-hint` }, "A few words. Equal answers are counted together. Nothing that could identify a patient.");
  const input = element("input", { class: "input", id, name: "text", maxlength: "200", autocomplete: "off", required: true, "aria-describedby": `${id}-hint`, value: kept.text ?? "" });
  return element("div", { class: "field" }, element("label", { class: "field-label", for: id }, "Your answer"), words, input);
}

function differential(poll, kept) {
  const rows = poll.options.map((_option, index) => {
    const input = element("input", { class: "input", type: "number", name: `share-${index + 1}`, min: "0", max: "100", inputmode: "numeric", autocomplete: "off", value: kept.shares?.[index + 1] ?? "" });
    return element("label", { class: "poll-share" }, element("span", {}, placeText(poll, index + 1)), element("span", { class: "share-input" }, input, " %"));
  });
  const total = element("p", { class: "small soft numeric", "data-shares-total": true, role: "status", hidden: true });
  return fieldset(poll, "How likely is each, in percent?", hint("Together they make 100. An empty field is 0."), element("div", { class: "poll-shares" }, ...rows), total);
}
