// The letters that stand for somebody, as the server writes them.

const TITLES = new Set(["Dr", "Dr.", "Prof", "Prof.", "Professor", "Mr", "Mr.", "Ms", "Ms.", "Mrs", "Mrs."]);

/** First letters of the first and the last word of a name, without its titles. */
export function initials(name) {
  const words = name.split(/\s+/).filter((word) => word && !TITLES.has(word));
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words;
  return letters.map((word) => [...word][0].toUpperCase()).join("") || "?";
}
