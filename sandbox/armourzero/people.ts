import { gather, type PeopleOptions, type PlatformPeople } from "../people/people";
import { PlatformWorld } from "../people/platform-world";

/** ArmourZero's people and the MSP's own, around a world of device owners. */
export function armourzeroPeople(options: PeopleOptions): PlatformPeople {
  return gather(options, new PlatformWorld("owner"), {
    who: "Security Operation Center",
    how: "phone",
    voucher: "export of Manage > Devices > End User",
  });
}
