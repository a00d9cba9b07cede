// The video call of a session: its address is asked for when it was set or changed, for the channel does not tell it.

import { fill, need } from "../../core/dom.js";
import { request } from "../../core/http.js";
import { follow } from "./hub.js";

export function connect(element, { signal }) {
  follow(element, {
    signal,
    async onMessage({ data }) {
      if (!data.video) return;
      if (!data.video.is_set) {
        element.hidden = true;
        return;
      }
      try {
        const { url, host } = await request(element.dataset.address, { signal });
        if (!url.startsWith("https://")) return;
        need("[data-video-link]", element).href = url;
        fill(element, { host });
        element.hidden = false;
      } catch (error) {
        if (!signal.aborted) console.warn("The address of the video could not be fetched.", error);
      }
    },
  });
}
