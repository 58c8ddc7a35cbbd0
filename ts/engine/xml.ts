/** Text that stands in XML or HTML, between tags or as an attribute in double quotes: names may hold any character. */
export const escapeXml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
