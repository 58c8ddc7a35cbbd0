// `npm run bench [-- workload…]`: one JSON line a workload, in the peers' format. Each runs in a process of its own.
import { join } from "node:path";
import process from "node:process";
import { ensure, root, run } from "../scripts/ensure.mjs";
import { workloads } from "./workloads.mjs";

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in workloads));
if (unknown.length > 0) {
  console.error(`No workload ${unknown.join(", ")}. There are: ${Object.keys(workloads).join(", ")}.`);
  process.exit(2);
}
ensure();
for (const name of asked.length > 0 ? asked : Object.keys(workloads)) {
  run(process.execPath, [join(root, "bench", "workload.mjs"), name]);
}
