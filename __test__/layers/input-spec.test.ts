import test from "ava";
import * as keras from "kerosene";
import { layers, ops, type Tensor } from "kerosene";

/** Gives back what it gets. */
class Plain extends layers.Layer {
  constructor(spec: layers.InputSpec | (layers.InputSpec | null)[]) {
    super({ name: "plain" });
    this.inputSpec = spec;
  }
  override call(inputs: Tensor | Tensor[]): Tensor {
    return Array.isArray(inputs) ? inputs[0]! : inputs;
  }
}

const refuse = (
  t: import("ava").ExecutionContext,
  options: layers.InputSpecOptions,
  shape: number[],
  message: RegExp,
): void => {
  t.throws(() => new Plain(new layers.InputSpec(options))(ops.ones(shape)), { name: "ValueError", message });
};

test("what specs refuse", (t) => {
  refuse(t, { ndim: 3 }, [2, 3], /layer "plain".*expected ndim=3, found ndim=2.*\(2, 3\)/);
  refuse(t, { minNdim: 3 }, [2, 3], /min_ndim=3/);
  refuse(t, { maxNdim: 1 }, [2, 3], /max_ndim=1/);
  refuse(t, { axes: { "-1": 4 } }, [2, 3], /axis -1 .* value 4/);
  refuse(t, { shape: [null, 4] }, [2, 3], /expected shape=\(None, 4\), found shape=\(2, 3\)/);
  refuse(t, { dtype: "int32" }, [2, 3], /expected dtype=int32, found dtype=float32/);
  t.throws(() => new layers.InputSpec({ ndim: 2, axes: { 2: 4 } }), { message: /Axis 2 is greater/ });
  t.throws(() => new layers.InputSpec({ axes: { x: 4 } as never }), { name: "TypeError" });
});

test("what they let through", (t) => {
  const spec = new layers.InputSpec({ shape: [null, 3], axes: { "-1": 3 } });
  t.deepEqual([...new Plain(spec)(ops.ones([5, 3])).shape], [5, 3]);
  const two = new Plain([spec, null]);
  t.deepEqual([...two([ops.ones([5, 3]), ops.ones([1])]).shape], [5, 3]);
  t.throws(() => two([ops.ones([5, 3])]), { message: /expects 2 input\(s\), but it received 1/ });
  const squeezed = new layers.InputSpec({ shape: [null, 1], allowLastAxisSqueeze: true });
  t.notThrows(() => new Plain(squeezed)(ops.ones([5])));
  const symbolic = new Plain(spec)(keras.Input([3]));
  t.deepEqual([...symbolic.shape], [null, 3]);
});

test("config there and back", (t) => {
  const spec = new layers.InputSpec({ shape: [null, 3], axes: { "-1": 3 }, optional: true });
  t.deepEqual(layers.InputSpec.fromConfig(spec.getConfig()).getConfig(), spec.getConfig());
  t.is(`${new layers.InputSpec({ ndim: 2, axes: { 1: null } })}`, "InputSpec(ndim=2, axes={1: None})");
});
