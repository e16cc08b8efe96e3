import { MISTAKES_OF_ALTERNATIVES } from "./alternatives";
import { MISTAKES_OF_ANCHORS } from "./anchors";
import { MISTAKES_OF_KEYS } from "./keys";
import { MISTAKES_OF_RULES } from "./rules";
import { MISTAKES_OF_SHAPES } from "./shapes";
import { MISTAKES_OF_SYNTAX } from "./syntax";
import { MISTAKES_OF_VALUES } from "./values";
import type { WrongFile } from "./wrong-file";

/** Every wrong fleet file, by what is wrong with it. */
export const WRONG_FILES: Readonly<Record<string, readonly WrongFile[]>> = {
  "a mistake of keys": MISTAKES_OF_KEYS,
  "a mistake of values": MISTAKES_OF_VALUES,
  "a mistake of shapes": MISTAKES_OF_SHAPES,
  "a mistake of alternatives": MISTAKES_OF_ALTERNATIVES,
  "a mistake of anchors": MISTAKES_OF_ANCHORS,
  "a mistake of syntax": MISTAKES_OF_SYNTAX,
  "a mistake of rules": MISTAKES_OF_RULES,
};
