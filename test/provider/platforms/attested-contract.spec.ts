import type { Connection } from "../../../provider/generated/types";
import { armourzero } from "../../../provider/platforms/armourzero/definition";
import { trendMicro } from "../../../provider/platforms/trend-micro/definition";
import { startAttestedWorld } from "./attested-world";
import { customerContract, readContract } from "./contract";

const CLP: Connection = { platform: "trend-micro", accountType: "clp", account: "Example MSP" };

readContract("ArmourZero", () => startAttestedWorld(armourzero, { platform: "armourzero", account: "Example MSP" }));
readContract("Trend Micro, CLP", () => startAttestedWorld(trendMicro, CLP));
customerContract("Trend Micro, CLP", () => startAttestedWorld(trendMicro, CLP));
