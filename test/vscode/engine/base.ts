/** What images of these tests are built on. */
export const base = "busybox:latest";

/** The label of each of them, by which they are found and removed. */
export const label = "com.example.stages-test";
