import { byCount, type Token } from "./vocabulary.js";

/** How often tokens occur in documents, and in how many of them. */
export class TokenCounts {
  readonly #counts = new Map<Token, number>();
  readonly #documents = new Map<Token, number>();
  #seen = 0;

  /** Whether nothing was counted. */
  get empty(): boolean {
    return this.#counts.size === 0;
  }

  /** Counts the tokens of some documents. */
  add(documents: readonly (readonly Token[])[]): void {
    for (const document of documents) {
      for (const token of document) this.#counts.set(token, (this.#counts.get(token) ?? 0) + 1);
      for (const token of new Set(document)) this.#documents.set(token, (this.#documents.get(token) ?? 0) + 1);
    }
    this.#seen += documents.length;
  }

  /** The most frequent tokens but some, at most `room` of them; ties in reverse order of the tokens. */
  mostFrequent(room: number, but: readonly (Token | null)[]): Token[] {
    const rest = [...this.#counts].filter(([token]) => !but.includes(token));
    return rest
      .sort(byCount)
      .slice(0, room)
      .map(([token]) => token);
  }

  /** log(1 + documents / (1 + documents with the token)), for each of these. */
  inverseDocumentFrequencies(tokens: readonly Token[]): number[] {
    return tokens.map((token) => Math.log(1 + this.#seen / (1 + (this.#documents.get(token) ?? 0))));
  }
}
