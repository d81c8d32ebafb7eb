import { writeFileSync } from "node:fs";
import Mocha from "mocha";

/** Mocha's `spec` reporter, which also writes its counts where the environment says, for `npm test` to add up. */
export default class Reporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
    super(runner, options);
    runner.on(Mocha.Runner.constants.EVENT_TEST_RETRY, (test: Mocha.Test, error: Error) => {
      console.log(`  ↻ ${test.title}: once more, after: ${error.message}`);
    });
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const file = process.env["TEST_COUNTS"];
      if (file === undefined) return;
      const { passes, failures, pending } = this.stats;
      writeFileSync(file, JSON.stringify({ passed: passes, failed: failures, skipped: pending }));
    });
  }
}
