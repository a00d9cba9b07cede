// Shared links: a list that is kept true. Nothing is fetched from where they lead.

import { announce } from "../../core/announce.js";
import { send } from "../../core/channel.js";
import { all, delegate, fill, fromTemplate, need } from "../../core/dom.js";
import { follow, sessionOf } from "./hub.js";
import { attestedKeys, showFindings } from "../privacy/findings.js";

export function connect(element, { signal }) {
  const links = new Links(element);
  follow(element, { signal, onMessage: ({ data }) => data.link && links.show(data.link) });
  delegate(element, "submit", "[data-link-form]", (event, form) => links.share(event, form), { signal });
  delegate(element, "submit", "[data-link-remove]", (event, form) => links.remove(event, form), { signal });
}

class Links {
  constructor(element) {
    Object.assign(this, { element, session: sessionOf(element), list: need("[data-links-list]", element) });
    this.me = Number(document.body.dataset.userId) || null;
    this.leads = element.dataset.leads === "true";
  }

  show(link) {
    const known = this.list.querySelector(`[data-link="${Number(link.id)}"]`);
    if (link.is_removed) known?.remove();
    else if (!known) this.list.append(this.#make(link));
    const empty = this.list.childElementCount === 0;
    need("[data-links-empty]", this.element).hidden = !empty;
    if (!empty) this.element.hidden = false;
    if (!known && !link.is_removed && link.author.id !== this.me) announce(`${link.author.display_name} shared a link: ${link.title}`);
  }

  async share(event, form) {
    event.preventDefault();
    const problem = need("[data-link-error]", form);
    problem.hidden = true;
    if (form.dataset.busy) return;
    form.dataset.busy = "true";
    try {
      const { title, url } = Object.fromEntries(new FormData(form));
      const { link } = await send("link.share", { session_id: this.session, title: title.trim(), url: url.trim(), attested: attestedKeys(form) });
      form.reset();
      showFindings(form, []);
      this.show(link);
      announce("The link is on the list.");
    } catch (error) {
      const found = error.details?.findings;
      problem.textContent = found ? error.message : (error.fields?.url?.[0] ?? error.fields?.title?.[0] ?? error.message);
      problem.hidden = false;
      if (found) showFindings(form, found);
    } finally {
      delete form.dataset.busy;
    }
  }

  async remove(event, form) {
    event.preventDefault();
    try {
      const id = Number(form.closest("[data-link]").dataset.link);
      const { link } = await send("link.remove", { session_id: this.session, link_id: id });
      this.show(link);
    } catch (error) {
      announce(error.message);
    }
  }

  #make(link) {
    const item = fromTemplate("live-link");
    item.dataset.link = String(link.id);
    fill(item, { title: link.title, host: link.host, author: link.author.display_name });
    const anchor = item.querySelector("[data-address]");
    // The server let http and https through alone; whatever else came would lead nowhere.
    if (/^https?:\/\//.test(link.url)) anchor.href = link.url;
    for (const form of all("form", item)) {
      form.action = form.getAttribute("action").replace("/links/0/", `/links/${link.id}/`);
      form.hidden = !(this.leads || (link.author.id !== null && link.author.id === this.me));
    }
    return item;
  }
}
