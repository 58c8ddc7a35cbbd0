// E-mails sorted by what they say and how they are made: two texts and a row of tags in, two answers out: is it spam, and for which mailing list?
// The guide's model with several inputs and outputs: https://keras.io/guides/functional_api/
import * as keras from "kerosene";
import { layers } from "kerosene";
import { type Email, emails, lists, tags } from "./data/emails.js";

const small = process.argv.includes("--small");
keras.utils.setRandomSeed(1);

const all = emails();
const [test, train] = [all.slice(0, 1000), all.slice(1000)];
const words = 10_000;
const subjects = layers.TextVectorization({ maxTokens: words, outputSequenceLength: 12 });
const bodies = layers.TextVectorization({ maxTokens: words, outputSequenceLength: small ? 80 : 150 });
subjects.adapt(train.map(({ subject }) => subject));
bodies.adapt(train.map(({ body }) => body));

const subjectInput = keras.Input({ shape: [null], dtype: "int32", name: "subject" });
const bodyInput = keras.Input({ shape: [null], dtype: "int32", name: "body" });
const tagsInput = keras.Input({ shape: [tags.length], name: "tags" });
// Without this much dropout it learns the few words of the subjects by heart.
const subjectWords = layers.SpatialDropout1D(0.5)(layers.Embedding(words, 64, { maskZero: true })(subjectInput));
const subjectFeatures = layers.Dropout(0.5)(layers.LSTM(32)(subjectWords));
const bodyFeatures = layers.GlobalAveragePooling1D()(layers.Embedding(words, 64, { maskZero: true })(bodyInput));
const x = layers.concatenate([subjectFeatures, bodyFeatures, tagsInput]);
const hidden = layers.Dropout(0.3)(layers.Dense(64, { activation: "relu" })(x));
const model = keras.Model({
  inputs: [subjectInput, bodyInput, tagsInput],
  outputs: {
    spam: layers.Dense(1, { activation: "sigmoid", name: "spam" })(hidden),
    list: layers.Dense(lists.length, { activation: "softmax", name: "list" })(hidden),
  },
  name: "triage",
});
model.compile({
  optimizer: "adam",
  loss: { spam: "binary_crossentropy", list: "sparse_categorical_crossentropy" },
  lossWeights: { spam: 1, list: 0.5 },
  metrics: { spam: ["accuracy", keras.metrics.AUC({ name: "auc" })], list: "accuracy" },
});

const inputs = (part: Email[]) => ({
  subject: subjects(part.map(({ subject }) => subject)),
  body: bodies(part.map(({ body }) => body)),
  tags: keras.tensor(part.map((email) => email.tags)),
});
const answers = (part: Email[]) => ({
  spam: keras.tensor(part.map(({ spam }) => [spam])),
  list: keras.tensor(part.map(({ list }) => list)),
});
await model.fit(inputs(train), answers(train), { batchSize: 32, epochs: small ? 5 : 8, validationSplit: 0.1 });
const scores = await model.evaluate(inputs(test), answers(test), { verbose: 0, returnDict: true });
const commonest = Math.max(...lists.map((_, list) => test.filter((email) => email.list === list).length)) / test.length;
console.log("AUC of spam:", scores.spam_auc!.toFixed(4), "Accuracy of lists by always guessing:", commonest.toFixed(4));
console.log("Accuracy of spam:", scores.spam_accuracy!.toFixed(4));
console.log("Accuracy of lists:", scores.list_accuracy!.toFixed(4));
