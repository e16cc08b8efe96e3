// The fleet file as a Pulumi program. `npm run build` comes first: the package is this repository itself.
const { join } = require("node:path");
const { fleetProgram } = require("pulumi-msp/fleet");

module.exports = fleetProgram(join(__dirname, "fleet.yaml"));
