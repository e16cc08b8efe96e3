/** The product's own plugin, with a platform and a desk that answer in its process. */
import { systemClock, systemRandom } from "../../../provider/clock";
import { startPluginServer } from "../../../provider/hosts/plugin/server";
import { inProcess } from "./transport";

startPluginServer({
  env: { ...process.env, MSP_DESK_URL: "http://127.0.0.1:1", MSP_DESK_TOKEN: "in-process" },
  cwd: process.cwd(),
  clock: systemClock,
  random: systemRandom,
  transport: inProcess(process.env.MSP_BENCH_JOURNAL ?? ""),
  isSolo: true,
}).then(
  ({ port }) => console.log(port),
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
