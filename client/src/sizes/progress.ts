/** The instruction that a build begins last in what it says, cut to what a notification has room for: `COPY . .` */
export function instructionIn(output: string): string | null {
  const line = [...output.matchAll(/^#\d+ \[[^\]\n]*\d+\/\d+\] (.+?)\r?$/gm)].at(-1)?.[1] ?? null;
  return line !== null && line.length > longestInstruction ? `${line.slice(0, longestInstruction)}…` : line;
}

const longestInstruction = 40;
