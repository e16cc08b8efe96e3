// Mocha adds the files named on its command line to `spec`; whoever names some means those alone.
const namesFiles = process.argv.slice(2).some((argument) => argument.endsWith(".spec.ts"));

module.exports = {
  require: ["ts-node/register/transpile-only"],
  extension: ["ts"],
  // The real engine comes last: what fails in seconds shows first.
  spec: namesFiles ? [] : ["test/{,!(e2e)/**/}*.spec.ts", "test/e2e/**/*.spec.ts"],
  reporter: "./tools/test-reporter.cjs",
  // Lanes run beside each other: what takes a second alone may wait for its turn.
  timeout: 60000,
};
