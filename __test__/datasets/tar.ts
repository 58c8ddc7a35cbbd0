const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, "0")}\0`;

/** A member of a tar: a file by its content, else a type of its own. */
export interface Member {
  readonly name: string;
  readonly content?: Buffer;
  /** `0` a file, `5` a folder, `2` a link, `L` a long name… Default `"0"`. */
  readonly type?: string;
  readonly prefix?: string;
  /** What the header says, if it lies. */
  readonly size?: number;
}

/** A tar archive with these members, from the year 2001. */
export function tar(members: readonly Member[], end = true): Buffer {
  const blocks = members.flatMap(
    ({ name, content = Buffer.alloc(0), type = "0", prefix = "", size = content.length }) => {
      const header = Buffer.alloc(512);
      header.write(name, 0, 100);
      header.write(octal(0o644, 8), 100);
      header.write(octal(size, 12), 124);
      header.write(octal(1_000_000_000, 12), 136);
      header.write(" ".repeat(8), 148);
      header.write(type, 156);
      header.write("ustar\x0000", 257, "latin1");
      header.write(prefix, 345);
      header.write(
        octal(
          header.reduce((sum, byte) => sum + byte, 0),
          7,
        ),
        148,
      );
      return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
    },
  );
  return Buffer.concat([...blocks, Buffer.alloc(end ? 1024 : 0)]);
}
