/** The key under which Keras marks objects that stand at several places of a config. */
const KEY = "shared_object_id";

/** What a config is being written with: how often each object came, and the numbers of those that came more than once. */
interface Writing {
  readonly counts: Map<object, number>;
  readonly ids: Map<object, number>;
}

let writing: Writing | null = null;
let reading: Map<unknown, object> | null = null;

/** Whether an object is one that must not become two: layers have weights. */
function isShareable(object: object): boolean {
  return "addWeight" in object;
}

/**
 * Writes a config in which layers that stand at several places (a layer of two nested models) carry a number, so that they become one layer
 * again.
 */
export function writeShared<T>(write: () => T): T {
  const before = writing;
  writing = { counts: new Map(), ids: new Map() };
  try {
    const config = write();
    const shared = [...writing.counts].filter(([, count]) => count > 1);
    if (shared.length === 0) return config;
    writing = { counts: new Map(), ids: new Map(shared.map(([object], i) => [object, i + 1])) };
    return write();
  } finally {
    writing = before;
  }
}

/** What the config of an object says of its being shared. */
export function sharedId(object: object): { [KEY]?: number } {
  if (writing === null || !isShareable(object)) return {};
  writing.counts.set(object, (writing.counts.get(object) ?? 0) + 1);
  const id = writing.ids.get(object);
  return id === undefined ? {} : { [KEY]: id };
}

/** Reads a config in which objects with the same number are one. */
export function readShared<T>(read: () => T): T {
  const before = reading;
  reading = new Map();
  try {
    return read();
  } finally {
    reading = before;
  }
}

/** The object of a config that was read already. */
export function sharedObject(config: Readonly<Record<string, unknown>>): object | undefined {
  return config[KEY] == null ? undefined : reading?.get(config[KEY]);
}

/** Remembers the object of a config. */
export function rememberShared(config: Readonly<Record<string, unknown>>, object: object): void {
  if (config[KEY] != null && isShareable(object)) reading?.set(config[KEY], object);
}
