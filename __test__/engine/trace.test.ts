import test from "ava";
import * as keras from "kerosene";
import { currentTrace, Trace, trace, untraced, withTrace } from "#kerosene/engine/trace.js";

const { ops } = keras;

/** Runs a traced program on float data. */
function run(made: Trace, outputs: keras.Tensor[], inputs: keras.Tensor[]): unknown[] {
  const results = outputs.map((x) => new Float32Array(x.size as number));
  made.compile(outputs).runSync(
    inputs.map((x) => x.dataSync()),
    results,
  );
  return results.map((data, i) => keras.tensor(data, { shape: outputs[i]?.shape ?? [] }).tolist());
}

test("a traced function is recorded and runs on data", (t) => {
  const made = trace([{ dtype: "float32", shape: [2] }], (x) => x.multiply(3).add([1, 2]));
  t.deepEqual(made.result.shape, [2]);
  t.deepEqual(run(made.trace, [made.result], [keras.tensor([1.5, 2.5])]), [[5.5, 9.5]]);
  t.is(currentTrace(), null);
});

test("unknown dimensions flow through", (t) => {
  const { result } = trace([{ dtype: "float32", shape: [null, 3] }], (x) => ops.matmul(x, ops.zeros([3, 5])).sum(1));
  t.deepEqual(result.shape, [null]);
  t.is(result.size, null);
});

test("concrete tensors are captured, and computed on at once", (t) => {
  const c = keras.tensor([1, 2], { dtype: "float32" });
  const made = trace([{ dtype: "float32", shape: [2] }], (x) => {
    const doubled = c.multiply(2);
    t.deepEqual(doubled.tolist(), [2, 4]);
    return x.add(doubled);
  });
  t.deepEqual(run(made.trace, [made.result], [keras.tensor([10.5, 20.5])]), [[12.5, 24.5]]);
});

test("variables are read and assigned in the program, not while it is recorded", (t) => {
  const v = new keras.Variable([1, 1], { dtype: "float32", name: "v" });
  const made = trace([{ dtype: "float32", shape: [2] }], (x) => {
    v.assignAdd(x);
    return v.multiply(10);
  });
  t.deepEqual(v.tolist(), [1, 1]);
  const data = keras.tensor([1, 2], { dtype: "float32" });
  t.deepEqual(run(made.trace, [made.result], [data]), [[20, 30]]);
  t.deepEqual(v.tolist(), [2, 3]);
  t.deepEqual(run(made.trace, [made.result], [data]), [[30, 50]]);
});

test("gradients: of inputs, of variables, none where nothing depends", (t) => {
  const v = new keras.Variable([2, 3], { dtype: "float32" });
  const other = new keras.Variable([1], { dtype: "float32" });
  const made = trace([{ dtype: "float32", shape: [2] }], (x) => x.multiply(v).sum());
  const [x] = made.inputs as [keras.Tensor];
  const gradients = made.trace.gradients([made.result], [x, v, other]);
  t.is(gradients[2], null);
  const [dx, dv] = gradients as [keras.Tensor, keras.Tensor];
  t.deepEqual(run(made.trace, [dx, dv], [keras.tensor([5.5, 7])]), [
    [2, 3],
    [5.5, 7],
  ]);
});

test("reading a traced tensor says what to do", (t) => {
  trace([{ dtype: "float32", shape: [null] }], (x) => {
    for (const read of [() => x.dataSync(), () => x.item(), () => x.tolist(), () => +(x as never)]) {
      t.throws(read, { message: /traced tensor|cannot be used as a number/ });
    }
    t.is(String(x), "<Tensor shape=(None,), dtype=float32, traced>");
    return x;
  });
});

test("traced tensors stay in their trace", (t) => {
  const outer = trace([{ dtype: "float32", shape: [2] }], (x) => x);
  t.throws(() => outer.result.add(1), { name: "StateError", message: /outside the function that made it/ });
  t.throws(() => trace([{ dtype: "float32", shape: [2] }], (y) => y.add(outer.result)), {
    name: "StateError",
    message: /outside the function/,
  });
  trace([{ dtype: "float32", shape: [2] }], (x) => {
    t.throws(() => trace([{ dtype: "float32", shape: [2] }], (y) => y.add(x)), { name: "StateError" });
    return x.add(1);
  });
});

test("an error inside a trace ends it", (t) => {
  const error = new Error("mine");
  const fail = (): never => {
    throw error;
  };
  t.is(
    t.throws(() => trace([], fail)),
    error,
  );
  t.is(currentTrace(), null);
  t.throws(() => withTrace(new Trace(), () => trace([], fail)));
  t.is(currentTrace(), null);
  t.throws(() => trace([], async () => 1), { name: "TypeError", message: /async/ });
  t.is(currentTrace(), null);
});

test("untraced code computes in the middle of a trace", (t) => {
  const v = new keras.Variable([1], { dtype: "float32" });
  trace([], () => {
    t.throws(() => v.value.item());
    t.is(
      untraced(() => v.value.item()),
      1,
    );
    const made = new keras.Variable(ops.ones([2]), {});
    t.throws(() => made.tolist());
    t.is(untraced(() => made.tolist())[1], 1);
  });
});

test("a program with unknown dimensions cannot be compiled", (t) => {
  const made = trace([{ dtype: "float32", shape: [null] }], (x) => x.add(1));
  t.throws(() => made.trace.compile([made.result]), { name: "ValueError", message: /known/ });
});
