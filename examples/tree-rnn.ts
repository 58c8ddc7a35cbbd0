// A recurrent network over trees: the program follows each sentence's own structure, and a tape follows the program.
// The sentences are nested lists such as ["xor", "T", ["not", ["and", "T", "F"]]]; the network learns whether they are true.
import * as keras from "kerosene";
import { layers, ops, type Tensor } from "kerosene";
import { random } from "./data/random.js";

const small = process.argv.includes("--small");
keras.utils.setRandomSeed(1);

type Tree = "T" | "F" | ["not", Tree] | ["and" | "or" | "xor", Tree, Tree];
const operators = ["not", "and", "or", "xor"] as const;

/** A sentence of so many operators above each other at most. */
function sentence(next: () => number, depth: number): Tree {
  if (depth === 0 || next() < 0.2) return next() < 0.5 ? "T" : "F";
  const operator = operators[Math.floor(next() * operators.length)]!;
  const part = () => sentence(next, depth - 1);
  return operator === "not" ? [operator, part()] : [operator, part(), part()];
}

function isTrue(tree: Tree): boolean {
  if (typeof tree === "string") return tree === "T";
  const [a, b] = [isTrue(tree[1]), tree.length === 3 && isTrue(tree[2])];
  return { not: !a, and: a && b, or: a || b, xor: a !== b }[tree[0]];
}

class TreeRNN extends keras.Model {
  leaves = layers.Embedding(2, 16);
  cells = Object.fromEntries(operators.map((name) => [name, layers.Dense(16, { activation: "tanh" })]));
  hidden = Object.fromEntries(operators.map((name) => [name, layers.Dense(32, { activation: "relu" })]));
  answer = layers.Dense(1);

  /** The meaning of a tree (1, 16): its operator's layers, applied to the meanings of its parts. */
  meaning(tree: Tree): Tensor {
    if (typeof tree === "string") return this.leaves(keras.tensor([Number(tree === "T")], { dtype: "int32" }));
    const [operator, ...parts] = tree;
    const together = ops.concatenate(
      parts.map((part) => this.meaning(part)),
      -1,
    );
    return this.cells[operator]!(this.hidden[operator]!(together));
  }

  override call(trees: Tree[]) {
    return this.answer(
      ops.concatenate(
        trees.map((tree) => this.meaning(tree)),
        0,
      ),
    );
  }
}

const model = new TreeRNN();
const optimizer = keras.optimizers.Adam(3e-3);
const lossOf = keras.losses.BinaryCrossentropy({ fromLogits: true });
const next = random(1);
const steps = small ? 150 : 600;
for (let step = 1; step <= steps; step++) {
  const trees = Array.from({ length: 32 }, () => sentence(next, 3));
  const answers = keras.tensor(trees.map((tree) => [Number(isTrue(tree))]));
  const tape = new keras.GradientTape();
  const loss = tape.record(() => lossOf(answers, model.call(trees)));
  const gradients = tape.gradient(loss, model.trainableVariables);
  optimizer.applyGradients(gradients.map((gradient, i) => [gradient, model.trainableVariables[i]!]));
  if (step % 50 === 0) console.log(`step ${step}: loss ${loss.item().toFixed(4)}`);
}

// Deeper than anything it has seen: only a network that learned the operators themselves gets these right.
const test = Array.from({ length: 500 }, () => sentence(next, 5));
const guessed = model.call(test).tolist().flat() as number[];
const right = test.filter((tree, i) => guessed[i]! > 0 === isTrue(tree)).length;
console.log("Accuracy on deeper trees:", (right / test.length).toFixed(4));
