/** Where a case comes from: the words of a vendor, a report of the same mistake elsewhere, or our own thought, with its reason. */
export type Origin =
  /** The vendor's own page that the product is built from; `words` stand on that line of it. */
  | { readonly from: "seed"; readonly seed: "000" | "001" | "002"; readonly line: number; readonly words: string }
  /** What is known of the vendor's API; `words` stand in that section. */
  | { readonly from: "facts"; readonly section: string; readonly words: string }
  /** A public report of the same mistake, in another tool. */
  | { readonly from: "report"; readonly address: string; readonly says: string }
  | { readonly from: "own"; readonly because: string };

export function report(address: string, says: string): Origin {
  return { from: "report", address: `https://github.com/${address}`, says };
}

export function facts(section: string, words: string): Origin {
  return { from: "facts", section, words };
}

export function seed(number: "000" | "001" | "002", line: number, words: string): Origin {
  return { from: "seed", seed: number, line, words };
}

export function own(because: string): Origin {
  return { from: "own", because };
}
