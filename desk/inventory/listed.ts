/** When an account was last listed as a whole: from then it is known what it does not hold. */
import type { Instant } from "../../provider/generated/types";
import type { Tx } from "../store/store";

/** A complete import. */
interface WholeListing {
  readonly id: string;
  readonly as_of: Instant;
  readonly voucher: string;
}

/** The newest complete import of the account, by what the list says of itself. */
export function newestListing(tx: Tx, account: string): Promise<WholeListing | undefined> {
  return tx
    .selectFrom("inventory_import")
    .select(["id", "as_of", "voucher"])
    .where("account", "=", account)
    .where("complete", "=", true)
    .orderBy("as_of", "desc")
    .orderBy("number", "desc")
    .limit(1)
    .executeTakeFirst();
}
