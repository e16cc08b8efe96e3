#!/usr/bin/env node
// @ts-check
// The policies as Pulumi runs them: `pulumi preview --policy-pack <this file>`.
const { PolicyPack } = require("@pulumi/policy");
const { policies } = require("./policies");

// The pack's version is read from the package.json of the working folder, and Pulumi starts a pack in the program's.
process.chdir(__dirname);
new PolicyPack("msp-policies", { enforcementLevel: "mandatory", policies: [...policies] });
