/** Marks the suite's own lines among the many that the workbench writes to the same console. */
export const prefix = "[suite] ";
