const names =
  "ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP SYS TERM TRAP TSTP " +
  "TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ RTMIN RTMAX";

/** The names of Linux' signals without their `SIG`. */
export const signalNames: ReadonlySet<string> = new Set([
  ...names.split(" "),
  ...Array.from({ length: 15 }, (_, i) => `RTMIN+${i + 1}`),
  ...Array.from({ length: 14 }, (_, i) => `RTMAX-${i + 1}`),
]);

/** Whether STOPSIGNAL takes it: a name with or without `SIG`, in any letter case, or a number but 0. */
export function isSignal(text: string): boolean {
  if (/^[+-]?\d+$/.test(text)) return Number(text) !== 0 && Math.abs(Number(text)) <= 2 ** 63;
  return signalNames.has(text.toUpperCase().replace(/^SIG/, ""));
}
