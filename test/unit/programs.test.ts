import assert from "node:assert/strict";
import { analyze } from "../../server/src/stages/analysis.ts";
import { type ProgramKind, startKind } from "../../server/src/stages/programs.ts";
import { readStart, startOf } from "../../server/src/stages/start.ts";

function kind(instructions: string): ProgramKind {
  const analysis = analyze(`FROM base\n${instructions}\n`);
  const { entrypoint, cmd } = startOf(analysis, analysis.stages.length - 1);
  return startKind(readStart(analysis, entrypoint, cmd)?.calls ?? []);
}

describe("what a container starts", () => {
  const cases: readonly (readonly [string, ProgramKind])[] = [
    ['CMD ["node", "server.js"]', "program"],
    ['CMD ["node"]', "shell"],
    ["CMD cd /app && exec node dist/main", "program"],
    ['ENTRYPOINT ["tini", "--"]\nCMD ["/usr/bin/service"]', "program"],
    ['CMD ["npm", "run", "dev"]', "work"],
    ['CMD ["npm", "start"]', "program"],
    ["CMD npm test", "work"],
    ['CMD ["bundle", "exec", "puma"]', "program"],
    ['ENTRYPOINT ["bundle", "exec", "rspec"]', "work"],
    ['CMD ["poetry", "run", "gunicorn", "app:app"]', "program"],
    ['CMD ["python", "manage.py", "runserver"]', "work"],
    ['CMD ["python", "-m", "pytest"]', "work"],
    ['CMD ["uvicorn", "app:app", "--reload"]', "work"],
    ['CMD ["dotnet", "App.dll"]', "program"],
    ['CMD ["dotnet", "watch"]', "work"],
    ['CMD ["java", "-agentlib:jdwp=transport=dt_socket", "-jar", "a.jar"]', "work"],
    ['CMD ["bash"]', "shell"],
    ['CMD ["sh", "-c", "bundle exec puma"]', "program"],
    ['ENTRYPOINT ["/docker-entrypoint.sh"]\nCMD ["node", "x.js"]', "script"],
    ["CMD sleep infinity", "work"],
    ["CMD tail -f /dev/null", "work"],
    ["CMD sleep 5 && service", "program"],
    ["CMD go run .", "work"],
    ["CMD $PROGRAM", "script"],
    ['CMD ["a"]\nFROM base\nENTRYPOINT ["service"]', "program"],
  ];
  for (const [text, expected] of cases) it(text.replaceAll("\n", " / "), () => assert.equal(kind(text), expected));

  it("an ENTRYPOINT does away with the CMD of the base", () => {
    const analysis = analyze('FROM base AS a\nCMD ["x"]\nFROM a\nENTRYPOINT ["y"]\n');
    const { entrypoint, cmd } = startOf(analysis, 1);
    assert.equal(entrypoint?.args[0]?.text, "y");
    assert.equal(cmd, null);
  });
});
