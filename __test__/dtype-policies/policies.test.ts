import test from "ava";
import * as keras from "kerosene";
import { layers } from "kerosene";

const { DTypePolicy, dtypePolicies } = keras;
const { InvalidTypeError, NotImplementedError } = keras.errors;

test("a policy says the dtypes of computing and of weights", (t) => {
  const dtypes = (name: string) => {
    const { computeDtype, variableDtype } = DTypePolicy(name);
    return [computeDtype, variableDtype];
  };
  // [(p.compute_dtype, p.variable_dtype) for p in map(keras.DTypePolicy, …)]
  t.deepEqual(dtypes("float64"), ["float64", "float64"]);
  t.deepEqual(dtypes("int32"), ["int32", "int32"]);
  t.deepEqual(dtypes("mixed_float16"), ["float16", "float32"]);
  t.deepEqual(dtypes("mixed_bfloat16"), ["bfloat16", "float32"]);
  t.is(String(new DTypePolicy("mixed_float16")), '<DTypePolicy "mixed_float16">');
  t.is(DTypePolicy().name, "float32");
  t.is(keras.FloatDTypePolicy, DTypePolicy);
  t.is(keras.mixedPrecision.Policy, DTypePolicy);
});

test("names, configs and policies are the same to `get` and to layers", (t) => {
  const policy = DTypePolicy("float64");
  const config = dtypePolicies.serialize(policy) as Record<string, unknown>;
  t.deepEqual(config, {
    module: "keras",
    class_name: "DTypePolicy",
    config: { name: "float64" },
    registered_name: null,
  });
  t.is(dtypePolicies.get(policy), policy);
  for (const like of ["float64", config, policy]) {
    t.is(dtypePolicies.get(like).name, "float64");
    const layer = layers.Dense(2, { dtype: like });
    t.deepEqual([layer.dtypePolicy.name, layer.dtype, layer.computeDtype], ["float64", "float64", "float64"]);
    t.deepEqual(layer.getConfig().dtype, config);
  }
  const layer = layers.Dense(2);
  t.is(layer.dtypePolicy.name, "float32");
  layer.dtypePolicy = "float64";
  t.is((layer(keras.ops.ones([1, 2])) as keras.Tensor).dtype, "float64");
});

test.serial("the global policy", (t) => {
  t.is(keras.config.dtypePolicy().name, "float32");
  keras.config.setDtypePolicy("float64");
  t.deepEqual(
    [keras.config.dtypePolicy().name, layers.Dense(1).dtype, keras.config.floatx()],
    ["float64", "float64", "float32"],
  );
  t.is(keras.mixedPrecision.globalPolicy().name, "float64");
  keras.config.setDtypePolicy(DTypePolicy("float32"));
  t.is(layers.Dense(1).dtype, "float32");
});

test("what cannot be computed with, or is none", (t) => {
  const dense = (dtype: unknown) => () => layers.Dense(1, { dtype: dtype as string, name: "d" });
  t.throws(dense("mixed_float16"), { instanceOf: NotImplementedError, message: /Layer "d".*"mixed_float16".*float32/ });
  t.throws(dense(DTypePolicy("mixed_bfloat16")), { instanceOf: NotImplementedError, message: /mixed_bfloat16/ });
  t.throws(dense("int8_from_float32"), { instanceOf: NotImplementedError, message: /Layer "d".*8 or 4 bits/ });
  t.throws(dense("float3"), { instanceOf: InvalidTypeError, message: /Layer "d".*float3/ });
  t.throws(dense(3), { instanceOf: InvalidTypeError, message: /Layer "d": expected a dtype such as "float32", got 3/ });
  t.throws(dense({ class_name: "Dense", config: {} }), { instanceOf: InvalidTypeError, message: /DTypePolicy/ });
  t.throws(() => keras.config.setDtypePolicy("mixed_float16"), { instanceOf: NotImplementedError });
  t.is(keras.config.dtypePolicy().name, "float32");
});

test("a rematerialized call is an error that says what to do", (t) => {
  t.throws(() => layers.Dense(1, { name: "d" }).rematerializedCall(), {
    instanceOf: NotImplementedError,
    message: /"d".*Call the layer itself/,
  });
});
