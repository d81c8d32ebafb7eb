// Stands in for `node:https` in every bundle. A dependency can ask an image registry for tags; this project never uses
// the network, so the request fails before it starts.

export function request(): never {
  throw new Error("Dockerfile Stages does not use the network.");
}

export const get = request;
