// The page of an observer refreshes itself; it holds no connection and is counted nowhere. Where one reads stays where it is.

import { fetchPage, adopt } from "../../core/page.js";

export function connect(element, { signal }) {
  const every = Number(element.dataset.every) * 1000;
  if (!every) return;
  const refresh = async () => {
    if (document.hidden) return;
    try {
      const page = await fetchPage(location.href, { signal, background: true });
      const fresh = page.querySelector("[data-observed]");
      if (!fresh) return;
      const open = [...element.querySelectorAll("details")].map((one) => one.open);
      element.querySelector("[data-observed]").replaceWith(...adopt([fresh]));
      for (const [index, one] of [...element.querySelectorAll("details")].entries()) one.open = open[index] ?? one.open;
    } catch (error) {
      // Revoked or expired: the page says so itself when it is loaded again.
      if (error.status === 404) location.reload();
    }
  };
  const timer = setInterval(refresh, every);
  signal.addEventListener("abort", () => clearInterval(timer), { once: true });
}
