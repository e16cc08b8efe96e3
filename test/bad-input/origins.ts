/** Public reports of the same mistakes in other tools, which several cases come from. */
import { facts, report } from "./support/origin";

export const NUMBER_FOR_TEXT = report(
  "cisco-open/terraform-provider-meraki/issues/130",
  "a field that is documented as text came as a number, and the whole read failed",
);
export const TEXT_FOR_NUMBER = report(
  "paultyng/go-unifi/issues/2",
  "a number came as text, and an import failed on it",
);
export const FRACTION = report(
  "opentelekomcloud/terraform-provider-opentelekomcloud/issues/1832",
  "a count came as 6.5 after the object had been made",
);
export const NULL_FIELD = report(
  "scottwinkler/terraform-provider-shell/issues/23",
  "null where text was due made the provider panic",
);
export const UNDECODABLE = report(
  "stackitcloud/terraform-provider-stackit/issues/1743",
  "a reply that could not be decoded ended in a nil pointer",
);
export const HTML_FOR_JSON = report(
  "alexkappa/terraform-provider-auth0/issues/393",
  "a page came instead of JSON, and the message was: invalid character '<' looking for beginning of value",
);
export const HTML_WRONG_PATH = report(
  "claranet/terraform-provider-zabbix/issues/57",
  "the endpoint lacked its path, so a page came, and nothing in the message said so",
);
export const BYTE_ORDER_MARK = report("VBA-tools/VBA-Web/issues/268", "a byte order mark before JSON broke the client");
export const BIG_ID = report("nodejs/help/issues/1637", "an id above 2^53 is another id after JSON.parse");
export const GZIP_BOMB = report(
  "axios/axios/pull/10763",
  "a small compressed body fills the memory where no limit is set on what it unpacks to",
);
export const HEADER_CONTROL = report(
  "nodejs/node/issues/30573",
  "a control character in a header makes the whole answer unreadable",
);
export const RETRY_AFTER = report(
  "anthropics/anthropic-sdk-python/pull/1827",
  "a Retry-After that is no date ended in an error of the client's own",
);
export const RETRY_AFTER_YEAR = report(
  "mastra-ai/mastra/issues/23778",
  "a number that is no count of seconds was read as a year",
);
export const RETRY_AFTER_FRACTION = report(
  "SpaceTradersAPI/api-docs/issues/24",
  "Retry-After: 0.493 was refused by a client",
);
export const REDIRECT = report(
  "whatwg/fetch/issues/944",
  "credentials were sent on to the other host that a redirect named",
);
export const REDIRECT_POST = report(
  "reactiveui/refit/issues/1620",
  "a redirect turned a POST into a GET, and the write was lost in silence",
);
export const NO_CONTENT = report(
  "Azure/terraform-provider-azapi/issues/440",
  "204 without a body failed an action that had been done",
);
export const SAME_PAGE = report(
  "cloudflare/terraform-provider-cloudflare/pull/6951",
  "the same page came again and again, and its entries many times",
);
export const WRONG_TOTAL = report(
  "kyma-incubator/compass/issues/719",
  "the total counted the entries of the page instead of all of them",
);
export const EMPTY_LIST = report(
  "jianyuan/terraform-provider-sentry/issues/40",
  "empty answers were taken for the truth, and every resource vanished from state",
);
export const INCOMPLETE_OUTAGE = report(
  "hashicorp/terraform-provider-google/issues/6328",
  "an outage answered incomplete lists, and the next run would have made everything again",
);
export const DATE_ONLY = report(
  "elastic/terraform-provider-elasticstack/issues/629",
  "a date without a time stopped a provider that did not even use it",
);
export const DATE_WORDS = report(
  "hashicorp/terraform-provider-aws/issues/43999",
  "a date came as words: Mon Aug 04 00:25:20 UTC 2025",
);
export const DATE_EMPTY = report(
  "tailscale/terraform-provider-tailscale/issues/24",
  "a date came as empty text, and a look-up failed on it",
);
export const DATE_ZERO = report(
  "equinix/terraform-provider-equinix/issues/803",
  "a date of the year -1 stopped a plan",
);
export const NFC_NFD = report(
  "hasgeek/funnel/issues/1544",
  "a name that must be unique needs one form: two spellings of the same letters pass the check",
);
export const ZERO_WIDTH = report(
  "microsoft/vscode/issues/87127",
  "an invisible character in a configuration cost a search of hours",
);
export const LOST_2XX = report(
  "jianyuan/terraform-provider-sentry/issues/844",
  "a creation that was answered in another form than expected was left out of state, and made again",
);
export const ERROR_IN_BODY = facts(
  "2. Trend Micro: LMPI (licensing) and SMPI (Worry-Free service)",
  "the API puts the error in the response body like a success",
);
export const ERRORS_BOTH_WAYS = facts(
  "8. Where the facts can be read in two ways",
  "errors as 4xx or inside a 200 body, codes unknown",
);
export const PAGING = facts(
  "2. Trend Micro: LMPI (licensing) and SMPI (Worry-Free service)",
  "Paging `paging{total,limit,page}`",
);
export const REPLIES_EMPTY = facts(
  "8. Where the facts can be read in two ways",
  "reply bodies of writes undocumented and possibly empty",
);
export const ID_NAMES = facts("8. Where the facts can be read in two ways", "names of the ids in create replies");
export const REPLY_DATES = facts("8. Where the facts can be read in two ways", "Date format of windows and replies");
