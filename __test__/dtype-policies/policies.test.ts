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
  t.throws(dense("int8_from_float32"), { instanceOf: NotImplementedError, message: /Layer "d".*8 or 4 bits/ });
  t.throws(dense("float3"), { instanceOf: InvalidTypeError, message: /Layer "d".*float3/ });
  t.throws(dense(3), { instanceOf: InvalidTypeError, message: /Layer "d": expected a dtype such as "float32", got 3/ });
  t.throws(dense({ class_name: "Dense", config: {} }), { instanceOf: InvalidTypeError, message: /DTypePolicy/ });
  t.throws(() => keras.config.setDtypePolicy("mixed_float8"), { instanceOf: InvalidTypeError });
  t.is(keras.config.dtypePolicy().name, "float32");
});

test("a rematerialized call is an error that says what to do", (t) => {
  t.throws(() => layers.Dense(1, { name: "d" }).rematerializedCall(), {
    instanceOf: NotImplementedError,
    message: /"d".*Call the layer itself/,
  });
});

// m = keras.dtype_policies.DTypePolicyMap("float32"); m["encoder/.*"] = "float64"; m["a/dense"] = "float64"; serialize_keras_object(m)
const float64 = { module: "keras", class_name: "DTypePolicy", config: { name: "float64" }, registered_name: null };
const mapConfig = {
  module: "keras.dtype_policies",
  class_name: "DTypePolicyMap",
  config: { default_policy: "float32", policy_map: { "encoder/.*": float64, "a/dense": float64 } },
  registered_name: null,
};

test("policies by the paths of layers", (t) => {
  const { DTypePolicyMap } = keras.dtypePolicies;
  const map = DTypePolicyMap({ defaultPolicy: "float32" });
  map.set("encoder/.*", "float64").set("a/dense", keras.DTypePolicy("float64"));
  t.deepEqual([map.name, map.size, map.computeDtype], ["map_float32", 2, "float32"]);
  t.deepEqual(
    ["encoder/x/y", "encoder", "a/dense", "a/dense/b"].map((path) => map.get(path).name),
    ["float64", "float32", "float64", "float32"],
  );
  t.deepEqual(keras.dtypePolicies.serialize(map), mapConfig);
  const again = keras.dtypePolicies.deserialize(mapConfig);
  t.true(again instanceof DTypePolicyMap);
  t.deepEqual(keras.dtypePolicies.serialize(again), mapConfig);
  map.set("encoder/x.*", "float32");
  t.throws(() => map.get("encoder/x/y"), { name: "ValueError", message: /matches multiple dtype policy/ });
  t.throws(() => map.set("a/dense", "float32"), { name: "ValueError", message: /there already/ });
  t.throws(() => DTypePolicyMap({ defaultPolicy: map }), { message: /cannot be a map/ });
  t.throws(() => DTypePolicyMap({ policyMap: { a: "float31" } }), { name: "TypeError" });
});

test("patterns that take long to match are refused, also in configs", (t) => {
  for (const key of ["(a+)+b", "(a|aa)*", ".*.*.*.*b", "a{1,9}", "(?:x)", "[", "a\\"]) {
    const policy_map = { [key]: float64 };
    const config = { ...mapConfig, config: { default_policy: null, policy_map } };
    t.throws(
      () => keras.dtypePolicies.deserialize(config),
      { name: "NotImplementedError", message: /single characters/ },
      key,
    );
  }
});

test("a layer takes the policy of its path, and keeps the map", async (t) => {
  const dtype = keras.dtypePolicies.DTypePolicyMap({ defaultPolicy: "float32", policyMap: { wide: "float64" } });
  const wide = layers.Dense(2, { dtype, name: "wide" });
  const other = layers.Dense(2, { dtype, name: "other" });
  wide.build([null, 3]);
  other.build([null, 3]);
  t.deepEqual([wide.kernel!.dtype, wide.computeDtype, other.kernel!.dtype], ["float64", "float64", "float32"]);
  t.like(wide.getConfig().dtype, { class_name: "DTypePolicyMap", config: { default_policy: "float32" } });
  const again = layers.Dense.fromConfig(wide.getConfig());
  again.build([null, 3]);
  t.is(again.kernel!.dtype, "float64");
  other.dtypePolicy = "float64";
  t.is(dtype.get("other").name, "float64");
});
