import test from "ava";
import {
  camelToSnake,
  configFromOptions,
  optionsFromConfig,
  snakeToCamel,
  toSnakeCase,
} from "#kerosene/engine/config.js";
import { autoName, resetNames } from "#kerosene/engine/names.js";

test("options and config keys turn into each other", (t) => {
  for (const [snake, camel] of [
    ["kernel_initializer", "kernelInitializer"],
    ["use_bias", "useBias"],
    ["units", "units"],
    ["beta_1", "beta1"],
    ["adam_beta_2", "adamBeta2"],
    ["beta_2_decay", "beta2Decay"],
    ["epsilon_1", "epsilon1"],
    ["l1", "l1"],
    ["class_name", "className"],
  ] as const) {
    t.is(snakeToCamel(snake), camel);
    t.is(camelToSnake(camel), snake);
  }
  t.deepEqual(configFromOptions({ useBias: true, beta1: 0.9 }), { use_bias: true, beta_1: 0.9 });
  t.deepEqual(optionsFromConfig({ use_bias: true, beta_1: 0.9 }), { useBias: true, beta1: 0.9 });
});

test("automatic names follow Keras", (t) => {
  for (const [className, name] of [
    ["Dense", "dense"],
    ["Conv2D", "conv2d"],
    ["Conv2DTranspose", "conv2d_transpose"],
    ["MaxPooling2D", "max_pooling2d"],
    ["GlobalAveragePooling1D", "global_average_pooling1d"],
    ["LSTM", "lstm"],
    ["LSTMCell", "lstm_cell"],
    ["BatchNormalization", "batch_normalization"],
    ["InputLayer", "input_layer"],
    ["GetItem", "get_item"],
    ["ReLU", "re_lu"],
    ["PReLU", "p_re_lu"],
  ] as const) {
    t.is(toSnakeCase(className), name);
  }
  resetNames();
  t.deepEqual(
    [autoName("Dense"), autoName("Dense"), autoName("Conv2D"), autoName("Dense")],
    ["dense", "dense_1", "conv2d", "dense_2"],
  );
  resetNames();
  t.is(autoName("Dense"), "dense");
});
