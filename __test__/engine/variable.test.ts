import test from "ava";
import * as keras from "kerosene";

test("a variable holds a value that can be replaced", (t) => {
  const v = new keras.Variable(
    [
      [1, 2],
      [3, 4],
    ],
    { dtype: "float32", name: "kernel", path: "dense/kernel" },
  );
  t.deepEqual([v.shape, v.dtype, v.ndim, v.size], [[2, 2], "float32", 2, 4]);
  t.deepEqual([v.name, v.path, v.trainable], ["kernel", "dense/kernel", true]);
  v.assign([
    [5, 6],
    [7, 8],
  ]);
  t.deepEqual(v.tolist(), [
    [5, 6],
    [7, 8],
  ]);
  v.assignAdd(1).assignSub([
    [1, 1],
    [2, 2],
  ]);
  t.deepEqual(v.value.tolist(), [
    [5, 6],
    [6, 7],
  ]);
});

test("its value is a copy", (t) => {
  const v = new keras.Variable([1, 2]);
  const before = v.value;
  v.assign([3, 4]);
  t.deepEqual(before.tolist(), [1, 2]);
  const data = v.dataSync();
  data[0] = 9;
  t.deepEqual(v.tolist(), [3, 4]);
});

test("a function of the shape makes the first value", (t) => {
  const v = new keras.Variable((shape, { dtype }) => keras.ops.full(shape, 2, dtype), { shape: [2], dtype: "int32" });
  t.deepEqual([v.tolist(), v.dtype], [[2, 2], "int32"]);
});

test("it is usable wherever a tensor is", (t) => {
  const v = new keras.Variable([1, 2], { dtype: "float32" });
  t.deepEqual(v.multiply(2).add(v).tolist(), [3, 6]);
  t.deepEqual(keras.ops.sum(v).item(), 3);
  t.deepEqual(keras.ops.stack([v, v]).shape, [2, 2]);
  t.deepEqual(keras.tensor([v, v] as never).tolist(), [
    [1, 2],
    [1, 2],
  ]);
});

test("values are cast to its dtype", (t) => {
  const v = new keras.Variable([1, 2], { dtype: "int32" });
  v.assign([1.9, -1.9]);
  t.deepEqual(v.tolist(), [1, -1]);
  const big = new keras.Variable(BigInt64Array.of(1n));
  t.deepEqual(big.assignAdd(1).dataSync(), BigInt64Array.of(2n));
});

test("bad values are refused and change nothing", (t) => {
  const v = new keras.Variable([1, 2], { name: "v" });
  t.throws(() => v.assign([1, 2, 3]), { name: "ValueError", message: /'v'.*shape \(2,\).*got \(3,\)/ });
  t.throws(() => v.assign("no" as never), { name: "TypeError", message: /'v'/ });
  t.throws(() => v.assign(new keras.KerasTensor([2])), { name: "ValueError", message: /symbolic/ });
  t.deepEqual(v.tolist(), [1, 2]);
  t.throws(() => new keras.Variable([1], { dtype: "flot" }), { name: "TypeError", message: /flot/ });
  t.throws(() => new keras.Variable([1], { shape: [2] }), {
    name: "ValueError",
    message: /expected.*\(2,\), got \(1,\)/,
  });
  t.throws(() => new keras.Variable(() => 1), { name: "TypeError", message: /shape is needed/ });
});

test("ops see every change of a variable, whoever makes it, and what one hands out is nobody else's", async (t) => {
  const v = new keras.Variable([1, 2], { dtype: "float32" });
  const doubled = () => keras.ops.add(v, v).tolist();
  t.deepEqual(doubled(), [2, 4]);
  v.value.dataSync()[0] = 9;
  v.dataSync()[0] = 9;
  keras.ops.reshape(v, [2, 1]).dataSync()[0] = 9;
  t.deepEqual(doubled(), [2, 4]);
  v.assign([3, 4]);
  t.deepEqual(doubled(), [6, 8]);
  keras.function(() => v.assignAdd(1).value)();
  t.deepEqual(doubled(), [8, 10]);

  const inputs = keras.Input({ shape: [2] });
  const model = keras.Model(inputs, keras.layers.Dense(1, { kernelInitializer: "ones" })(inputs));
  const x = keras.tensor([[1, 2]], { dtype: "float32" });
  t.deepEqual(model(x).tolist(), [[3]]);
  model.compile({ optimizer: keras.optimizers.SGD(0.5), loss: "mse" });
  await model.fit(x, keras.tensor([[0]], { dtype: "float32" }), { verbose: 0 });
  t.deepEqual(model(x).tolist(), (await model.predict(x, { verbose: 0 })).tolist());
  t.notDeepEqual(model(x).tolist(), [[3]]);
  model.setWeights([[[4], [5]], [1]]);
  t.deepEqual(model(x).tolist(), [[15]]);
});
