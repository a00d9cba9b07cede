// The pages of the slides of a session: where their pictures are and what stands on them. Fetched once for each deck and revision.

import { request } from "../../core/http.js";

export class Pages {
  #address;
  #signal;
  #version = "";
  #pages = new Map();
  #fetching = null;

  constructor(address, { signal }) {
    this.#address = address;
    this.#signal = signal;
  }

  /** The page with this number of the given deck, or null when there is none. */
  async find(slides, number) {
    const version = `${slides.key}:${slides.revision}`;
    if (version !== this.#version) await (this.#fetching ??= this.#fetch(version));
    return this.#pages.get(number) ?? null;
  }

  /** Have the browser fetch the picture of a page before it is wanted. */
  async prepare(slides, number) {
    const page = await this.find(slides, number);
    if (!page) return;
    const picture = new Image();
    picture.sizes = "(min-width: 64rem) 52rem, 100vw";
    picture.srcset = sources(page);
  }

  async #fetch(version) {
    try {
      const { items } = await request(this.#address, { signal: this.#signal, background: true });
      this.#pages = new Map(items.map((page) => [page.number, page]));
      this.#version = version;
    } finally {
      this.#fetching = null;
    }
  }
}

/** The pictures of a page for a srcset. */
export function sources(page) {
  const share = page.width / Math.max(page.width, page.height);
  return Object.entries(page.hrefs).map(([size, href]) => `${href} ${Math.max(1, Math.round(Number(size) * share))}w`).join(", ");
}

/** What a screen reader says of a page. */
export function words(page) {
  return `Slide ${page.number}${page.alt ? `: ${page.alt}` : ", without text"}`;
}

/** Put a page into an image. */
export function put(image, page) {
  image.srcset = sources(page);
  image.src = page.hrefs[Object.keys(page.hrefs).at(-1)];
  image.width = page.width;
  image.height = page.height;
  image.alt = words(page);
  image.hidden = false;
}
