import test from "ava";
import * as keras from "kerosene";

const { saving } = keras;

class Doubled extends keras.Layer {
  override call(inputs: keras.Tensor) {
    return inputs.multiply(2);
  }
}

const config = () => saving.serializeKerasObject(new Doubled({ name: "twice" }));
const read = () => saving.deserializeKerasObject(config()) as Doubled;

test.serial("a scope makes classes known while it lasts", async (t) => {
  t.throws(read);
  {
    using _scope = new saving.CustomObjectScope({ Doubled });
    t.is(read().name, "twice");
    t.is(saving.getRegisteredObject("Doubled"), Doubled);
    {
      using _inner = new keras.utils.customObjectScope({ Doubled: class Other extends Doubled {} });
      t.not(saving.getRegisteredObject("Doubled"), Doubled);
    }
    t.is(saving.getRegisteredObject("Doubled"), Doubled);
  }
  t.throws(read);
  t.true(new saving.CustomObjectScope({ Doubled }).run(read) instanceof Doubled);
  t.throws(read);
  const later = await new saving.CustomObjectScope({ Doubled }).run(async () => {
    await null;
    return read();
  });
  t.is(later.name, "twice");
  t.throws(
    () =>
      new saving.CustomObjectScope({ Doubled }).run(() => {
        throw new Error("mine");
      }),
    { message: "mine" },
  );
  t.throws(read);
  t.throws(() => new saving.CustomObjectScope([] as never), { instanceOf: keras.errors.TypeError });
});

test.serial("the dict of registered objects is live", (t) => {
  const objects = saving.getCustomObjects();
  objects.Doubled = Doubled;
  t.is(read().name, "twice");
  t.is(saving.getRegisteredObject("Doubled"), Doubled);
  delete objects.Doubled;
  t.throws(read);
  t.is(saving.getRegisteredObject("Doubled"), null);
  t.is(saving.getRegisteredObject("Doubled", { Doubled }), Doubled);
  t.is(saving.getRegisteredObject("Doubled", null, { Doubled }), Doubled);
});

test.serial("registered names", (t) => {
  t.is(saving.getRegisteredName(Doubled), "Doubled");
  class Tripled extends Doubled {}
  saving.registerKerasSerializable("mine")(Tripled);
  t.is(saving.getRegisteredName(Tripled), "mine>Tripled");
  t.is(keras.utils.getRegisteredObject("mine>Tripled"), Tripled);
  t.is(keras.utils.getCustomObjects()["mine>Tripled"], Tripled);
  const fn = keras.utils.registerKerasSerializable("mine", "half")((x: number) => x / 2);
  t.is(saving.getRegisteredName(fn), "mine>half");
});
