/** Marks the suite's own lines among the many that the workbench writes to the same console. */
export const prefix = "[suite] ";

/** Marks what a test has a user answer: a list of {@link Answer}, as JSON. */
export const answerPrefix = "[answers] ";

/** What a user does when the workbench asks under a title: picks, writes, or turns away. */
export interface Answer {
  readonly title: string;
  readonly pick?: string;
  readonly text?: string;
}
