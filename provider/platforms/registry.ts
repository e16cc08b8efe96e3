import { armourzero } from "./armourzero/definition";
import type { PlatformDefinition, PlatformName } from "./platform";
import { trendMicro } from "./trend-micro/definition";

/** Every platform that is built in. */
export const platforms: Readonly<Record<PlatformName, PlatformDefinition>> = {
  armourzero,
  "trend-micro": trendMicro,
};
