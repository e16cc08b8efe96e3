/** Where mistakes in fleet files come from, for those that several cases share. */
import { facts, report, seed } from "../../../bad-input/support/origin";

const LMPI = "2. Trend Micro: LMPI (licensing) and SMPI (Worry-Free service)";

export const NORWAY = report("helm/helm/issues/8294", "the text no became the boolean false");
export const ZEROS = report("yaml/pyyaml/issues/107", "the postal code 02142 was read as the number 1122");
export const NULLS = report(
  "elastic/terraform-provider-ec/issues/522",
  "fields that were set to null crashed a provider",
);
export const TWICE = report("docker/compose/issues/5267", "the second of two equal keys silently replaced the first");
export const MERGES = report(
  "opf/openproject/pull/12428",
  "two merge keys in one block worked in one version, and not in the next",
);
export const LAUGHS = report(
  "kubernetes/kubernetes/issues/83253",
  "a few lines of aliases took a server's whole processor",
);
export const DEPTH = report(
  "kubernetes/kubernetes/issues/89535",
  "a document that is parsed for longer than anybody waits",
);
export const DATES = report(
  "elastic/terraform-provider-elasticstack/issues/629",
  "a date in another form than expected stopped everything",
);
export const COMPANY = facts(LMPI, "company{name*1-128,address,city*,state*");
export const COUNTRY = facts(LMPI, "country* ISO2");
export const UNITS = facts(LMPI, "{units_per_license 1-999999, license_expiration_date, service_plan_id}");
export const LOGIN = facts(LMPI, "user{login_name,first_name,last_name");
export const COMPOSED = report(
  "hasgeek/funnel/issues/1544",
  "a name that must be unique needs one form: two spellings of the same letters pass the check",
);
export const ADDRESS = seed("000", 20, "typing in their email in the search bar");
export const PRODUCTS = seed("000", 6, "Check the security products assigned to the device owner");
export const REASON = seed("000", 10, "the reason for the request");
export const WHO = seed("000", 10, "the device owner's name");
export const STAYS = seed("000", 15, "ensure that these products remain assigned to them");
