import type { ResourceType } from "../../provider/platforms/platform";

/** What a resource's page says that no schema does. */
export interface ResourceWords {
  /** What its id is. */
  readonly id: string;
  /** What it means to delete it, before what a platform adds. */
  readonly deleting: string;
}

export const WORDS: Readonly<Record<ResourceType, ResourceWords>> = {
  Customer: {
    id: "its `customerId`",
    deleting: [
      "Deleting it is refused while `deletionProtection` is on, which it is until a program turns it off, and while a product is attached that no program declares and no request ends.",
      "With `onDelete: offboard` it then files a request to remove the customer, which is held until the products that leave with it are gone.",
      "With `onDelete: forget` it only leaves Pulumi's state: the customer stays on the platform, with what it is billed for.",
    ].join(" "),
  },
  DeviceOwner: {
    id: "its `email`, in lower case",
    deleting:
      "Deleting it takes the owner out of Pulumi's state, once each of its products is on a request of its own; the end user stays on the platform. It is refused, by name, while a product is assigned that is on no request.",
  },
  ProductAssignment: {
    id: "its `assignmentId`",
    deleting: [
      "Deleting it files one off-boarding request at the desk, with why it leaves and who asks; without these it is refused.",
      "With `wait: submitted` it then leaves Pulumi's state. With `wait: completed` it stays there, and `pulumi up` fails as pending, until the product is proven gone.",
      "With `licence: keep` the count of licences is to stay as it is; with `licence: reduce` it is to be lowered.",
      "Declaring it again takes an open request back, as long as nobody is at it.",
    ].join(" "),
  },
};
