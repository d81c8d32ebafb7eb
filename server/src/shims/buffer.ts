// Stands in for Node's global `Buffer` in a Web Worker: the little of it that a dependency uses.

export const Buffer = {
  from: (text: string): Uint8Array => new TextEncoder().encode(text),
};
