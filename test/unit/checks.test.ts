import assert from "node:assert/strict";
import { isCheck } from "../../server/src/stages/checks.ts";

describe("commands that only check", () => {
  const checks = [
    "npm test",
    "npm run test:unit",
    "npm run-script lint",
    "npm t",
    "yarn lint",
    "pnpm exec vitest run",
    "npx --yes eslint .",
    "go test ./...",
    "go vet ./...",
    "cargo clippy",
    "dotnet test --no-build",
    "./mvnw -B verify",
    "gradle check",
    "make -j4 unit-test",
    "python3 -m pytest -q",
    "python -m unittest discover",
    "poetry run mypy src",
    "uv run pytest",
    "bundle exec rspec",
    "python manage.py test",
    "php artisan test",
    "black --check .",
    "npx tsc --noEmit",
    "ruff check .",
    "./run-tests.sh",
    "sh scripts/lint.sh",
    "/app/vendor/bin/phpunit",
  ];
  for (const command of checks) {
    it(command, () => {
      assert.ok(isCheck(command.split(" ")));
    });
  }
});

describe("commands that build, install or ask", () => {
  const others = [
    "npm ci",
    "npm install --save-dev eslint",
    "npm run build",
    "pip install pytest",
    "apt-get install -y shellcheck",
    "go build ./...",
    "go install gotest.tools/gotestsum@latest",
    "cargo build --release",
    "mvn package -DskipTests",
    "mvn verify -DskipTests",
    "make install",
    "test -f /app/server",
    "[ -d tests ]",
    "pytest --version",
    "npx cypress install",
    "golangci-lint --version",
    "black .",
    "tsc",
    "mkdir -p /tests",
    "cp -r tests /tests",
    "/usr/bin/test -f x",
    "",
  ];
  for (const command of others) {
    it(command === "" ? "nothing" : command, () => {
      assert.ok(!isCheck(command.split(" ")));
    });
  }
});
