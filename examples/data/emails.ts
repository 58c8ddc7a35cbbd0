import { readFileSync } from "node:fs";
import { dataFile } from "./folder.js";
import { shuffled } from "./random.js";

/** The mailing lists that are told apart, by their `List-Id`; the first name is for e-mails of none of them. */
export const lists = ["none", "fork", "ilug", "rpm", "razor", "spamassassin", "zzzzteana", "exmh"];

/** What an e-mail's header says about its form, but not about its list. */
export const tags = ["html", "multipart", "encoded", "reply", "priority", "has cc"];

/** An e-mail without its header. */
export interface Email {
  subject: string;
  body: string;
  /** 0 or 1 for each of {@link tags}. */
  tags: number[];
  spam: 0 | 1;
  /** Index in {@link lists}. */
  list: number;
}

/** SpamAssassin's public corpus in random order, without repetitions. */
export function emails(): Email[] {
  const lines = readFileSync(dataFile("emails", "emails.jsonl"), "utf8").trim().split("\n");
  const all = lines.map((line) => read(JSON.parse(line) as { group: string; text: string }));
  return shuffled([...new Map(all.map((email) => [email.subject + email.body, email])).values()], 1);
}

function read({ group, text }: { group: string; text: string }): Email {
  const end = text.indexOf("\n\n");
  const header = new Map<string, string>();
  for (const field of text
    .slice(0, end)
    .replace(/\n[ \t]+/g, " ")
    .split("\n")) {
    const colon = field.indexOf(":");
    if (colon > 0) header.set(field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim());
  }
  const has = (name: string, pattern = /./) => Number(pattern.test(header.get(name) ?? ""));
  const id = `${header.get("list-id")} ${header.get("mailing-list")}`;
  const subject = header.get("subject") ?? "";
  return {
    subject: plain(subject.replace(/\[[^\]]*\]/g, "")), // [ILUG] would give the list away
    // An average over no words is not a number, as in Keras.
    body: plain(withoutFooter(text.slice(end))).trim() || "nothing",
    tags: [
      has("content-type", /html/i),
      has("content-type", /multipart/i),
      has("content-transfer-encoding", /base64|quoted/i),
      Number(/\bre:/i.test(subject)),
      has("x-priority"),
      has("cc"),
    ],
    spam: group.startsWith("spam") ? 1 : 0,
    list: Math.max(
      0,
      lists.findIndex((list) => id.includes(list)),
    ),
  };
}

/** Without what lists put below every e-mail: it tells which list it is, and that it is one. */
function withoutFooter(body: string): string {
  const footer = /\n[ >]*(_{20,}|-{20,}.*Yahoo! Groups|This sf\.net email is sponsored).*/is;
  const named = /^.*(mailing list|listinfo|subscri|Users' Group|List maintainer|Yahoo! Groups).*$/gim;
  return body.replace(footer, "").replace(named, "");
}

/** Words only: without the tags of HTML; addresses and links by what they are. */
function plain(text: string): string {
  return text
    .replace(/=\r?\n/g, "")
    .replace(/<[^>]*>/g, " ")
    .replace(/\S+@\S+/g, " anaddress ")
    .replace(/(https?:|www\.)\S*/gi, " alink ")
    .replace(/\s+/g, " ")
    .slice(0, 4000);
}
