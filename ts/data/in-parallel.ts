/** How far {@link inParallel} may run ahead. */
export interface Ahead {
  /** At most so many calls of `fn` at once. */
  readonly parallel: number;
  /** At most so many items that are begun and not taken yet. */
  readonly waiting: number;
}

/**
 * What `fn` makes of the items, in their order, begun before it is asked for. The items themselves are taken one after the other.
 *
 * An error of an item comes when it is that item's turn. When the consumer stops, what was begun is awaited and the source is closed.
 */
export async function* inParallel<T, U>(
  source: AsyncIterable<T> | Iterable<T>,
  fn: (item: T) => U | Promise<U>,
  { parallel, waiting }: Ahead,
): AsyncGenerator<U, void, undefined> {
  const iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  const queue: Promise<IteratorResult<U, unknown>>[] = [];
  let running = 0;
  let ended = false;
  let turn: Promise<unknown> = Promise.resolve();
  const begin = (): void => {
    running++;
    const item = turn.then(() => iterator.next());
    turn = item;
    const result = item
      .then(async (next) => {
        if (next.done) ended = true;
        return next.done ? next : { done: false as const, value: await fn(next.value) };
      })
      .catch((error: unknown) => {
        ended = true;
        throw error;
      })
      .finally(() => {
        running--;
        fill();
      });
    result.catch(() => {}); // whoever takes it hears of the error, if the consumer does not stop before
    queue.push(result);
  };
  const fill = (): void => {
    while (!ended && running < parallel && queue.length < waiting) begin();
  };
  try {
    fill();
    for (;;) {
      const next = await queue[0];
      queue.shift();
      if (next === undefined || next.done) return;
      fill();
      yield next.value;
    }
  } finally {
    ended = true;
    await Promise.allSettled(queue);
    await iterator.return?.();
  }
}
