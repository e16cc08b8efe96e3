import { gather, type PeopleOptions, type PlatformPeople } from "../people/people";
import { PlatformWorld } from "../people/platform-world";

/**
 * The people around a Customer Licensing Portal account, which has no API: a world of customers. A customer that still has products can't be
 * deleted, and one that was deleted does not come back.
 */
export function clpPeople(options: PeopleOptions): PlatformPeople {
  return gather(options, new PlatformWorld("customer"), {
    who: "Remote Manager administrator",
    how: "console",
    voucher: "Customers > Export All",
  });
}
