import type { StageRole } from "../../server/src/protocol.ts";
import { svg } from "./elements.ts";

/** Signs for what a stage is for: lines on a field of 14 by 14. */
const shapes: Readonly<Record<StageRole, string>> = {
  // A box with a lid.
  dependencies: "M2,5L7,2.5L12,5V10L7,12.5L2,10zM2,5L7,7.5L12,5M7,7.5V12.5",
  // A hammer.
  build: "M3,3.5H9.5L11.5,5.5M3,3.5V6H8M6,6V12.5",
  // A tick in a circle.
  test: "M12.5,7A5.5,5.5 0 1 1 1.5,7A5.5,5.5 0 1 1 12.5,7M4.5,7.2L6.3,9L9.6,5.2",
  // A spanner.
  tools: "M11.8,3.4L9.6,5.6L8.4,4.4L10.6,2.2A3.2,3.2 0 0 0 6.6,6.3L2.4,10.5L3.5,11.6L7.7,7.4A3.2,3.2 0 0 0 11.8,3.4z",
  // Layers.
  base: "M7,2L12.5,4.8L7,7.6L1.5,4.8zM1.5,7.2L7,10L12.5,7.2M1.5,9.6L7,12.4L12.5,9.6",
  // A sheet with a folded corner.
  files: "M3.5,1.5H8.5L11,4V12.5H3.5zM8.5,1.5V4H11",
  // A triangle that points onwards.
  runtime: "M4,2.5L11.5,7L4,11.5z",
};

export const drawRole = (role: StageRole, x: number, y: number): SVGPathElement =>
  svg("path", { class: "role", d: shapes[role], transform: `translate(${x} ${y})` });
