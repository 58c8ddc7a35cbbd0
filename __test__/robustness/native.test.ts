import test from "ava";
import { native } from "#kerosene/native.js";

// The addon takes anything JavaScript can hand it: each of these is an error, and none ends the process.
const core = native();

function graph() {
  const graph = new core.Graph();
  return { graph, x: graph.input("float32", [2, 3]) };
}

function plan() {
  const { graph: g, x } = graph();
  return g.compile(g.push("exp", [x], "{}"));
}

// biome-ignore lint/suspicious/noExplicitAny: wrong arguments are the point
type Any = any;

const cases: Record<string, () => unknown> = {
  "unknown op": () => graph().graph.push("nope", [0], "{}"),
  "unknown dtype": () => graph().graph.input("float", [1]),
  "negative dimension": () => graph().graph.input("float32", [-1]),
  "fractional dimension": () => graph().graph.input("float32", [1.5]),
  "NaN dimension": () => graph().graph.input("float32", [Number.NaN]),
  "value of no graph": () => graph().graph.push("exp", [1000], "{}"),
  "value that overflows": () => graph().graph.push("exp", [-1], "{}"),
  "too few inputs": () => graph().graph.push("add", [0], "{}"),
  "too many inputs": () => graph().graph.push("exp", [0, 0], "{}"),
  "no inputs at all": () => graph().graph.push("concatenate", [], "{}"),
  "attributes that are no JSON": () => graph().graph.push("exp", [0], "{"),
  "attributes of another op": () => graph().graph.push("exp", [0], '{"axis":1}'),
  "attributes of another type": () => graph().graph.push("sum", [0], '{"axis":"all"}'),
  "axis out of range": () => graph().graph.push("sum", [0], '{"axis":[7]}'),
  "axis twice": () => graph().graph.push("sum", [0], '{"axis":[0,-2]}'),
  "a reshape that does not fit": () => graph().graph.push("reshape", [0], '{"shape":[4]}'),
  "two unknown parts of a reshape": () => graph().graph.push("reshape", [0], '{"shape":[-1,-1]}'),
  "a shape beyond memory": () => {
    const g = new core.Graph();
    const [big] = g.push("broadcast_to", [g.scalar("float32", 1)], '{"shape":[4294967296,4294967296,4294967296]}') as [
      number,
    ];
    return g.compile([big]);
  },
  "a slice beyond the end": () => graph().graph.push("slice", [0], '{"start":[0,5],"size":[2,3],"step":[1,1]}'),
  "an unknown shape in a plan": () => {
    const g = new core.Graph();
    return g.compile(g.push("exp", [g.input("float32", [null])], "{}"));
  },
  "an output of no graph": () => graph().graph.compile([77]),
  "a constant that does not fit": () => graph().graph.constant("float32", [3], new Float32Array(2)),
  "a constant of another type": () => graph().graph.constant("float32", [2], new Int32Array(2)),
  "a constant that is no array": () => graph().graph.constant("float32", [2], [1, 2] as Any),
  "a variable beyond memory": () => new core.Variable("float32", [2 ** 50]),
  "a variable that overflows": () => new core.Variable("float32", [2 ** 52, 2 ** 52]),
  "an assignment of another shape": () => {
    const { graph: g, x } = graph();
    g.assign(new core.Variable("float32", [3]), x);
  },
  "a read into too small an array": () => new core.Variable("float32", [3]).read(new Float32Array(2)),
  "a write from a detached array": () => {
    const array = new Float32Array(3);
    structuredClone(array, { transfer: [array.buffer] });
    new core.Variable("float32", [3]).write(array);
  },
  "a gradient of integers": () => {
    const g = new core.Graph();
    const x = g.input("int32", [2]);
    return g.gradients([x], [x]);
  },
  "a seed of another shape": () => {
    const { graph: g, x } = graph();
    return g.gradients([x], [x], [g.scalar("float32", 1)]);
  },
  "too few arrays": () => plan().runSync([], [new Float32Array(6)]),
  "an array of another type": () => plan().runSync([new Float64Array(6)], [new Float32Array(6)]),
  "an array of another length": () => plan().runSync([new Float32Array(5)], [new Float32Array(6)]),
  "a detached array": () => {
    const array = new Float32Array(6);
    structuredClone(array, { transfer: [array.buffer] });
    plan().runSync([array], [new Float32Array(6)]);
  },
  "something that is no array": () => plan().runSync([{ length: 6 } as Any], [new Float32Array(6)]),
  "a method on another object": () => core.Graph.prototype.print.call({} as Any),
  "an epoch without a plan": () => core.runEpoch({} as Any),
  "an epoch with batches of 0": () =>
    core.runEpoch({ plan: plan(), data: [new Float32Array(6)], samples: 2, batchSize: 0 }),
  "an epoch with half a sample": () =>
    core.runEpoch({ plan: plan(), data: [new Float32Array(6)], samples: 1.5, batchSize: 2 }),
  "an epoch with too little data": () =>
    core.runEpoch({
      plan: plan(),
      data: [new Float32Array(6)],
      samples: 4,
      batchSize: 2,
      collect: [new Float32Array(12)],
    }),
  "an epoch whose last batch has no plan": () =>
    core.runEpoch({
      plan: plan(),
      data: [new Float32Array(9)],
      samples: 3,
      batchSize: 2,
      collect: [new Float32Array(9)],
    }),
  "logs that are no scalars": () =>
    core.runEpoch({ plan: plan(), data: [new Float32Array(6)], samples: 2, batchSize: 2 }),
  "no threads": () => core.setThreads(0),
  "a file that is not there": () => core.readNpz("no/such/file.npz"),
  "a folder instead of a file": () => core.readIdx("."),
  "a file of another kind": () => core.readWeights("package.json"),
};

for (const [name, attempt] of Object.entries(cases)) {
  test(name, async (t) => {
    const error = await t.throwsAsync(async () => attempt());
    t.true(error instanceof Error && error.message.length > 10, String(error));
    // a bug of the core would say so itself
    t.notRegex(error?.message ?? "", /bug in kerosene/);
  });
}

test("a plan that computed nonsense input still computes", (t) => {
  const p = plan();
  t.throws(() => p.runSync([new Float32Array(5)], [new Float32Array(6)]));
  const out = new Float32Array(6);
  p.runSync([new Float32Array(6)], [out]);
  t.deepEqual([...out], [1, 1, 1, 1, 1, 1]);
});
