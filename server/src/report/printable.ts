import { eastAsianWidth } from "get-east-asian-width";

/** Characters that move the cursor, colour a terminal or turn the direction of the text. */
const unprintable = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;
const controlPictures = 0x2400;

/**
 * The text as one line without anything that a terminal would obey: control characters become their pictures (`␛`).
 * Tabs stay. The result has as many UTF-16 units as the text, so that columns still fit.
 */
export function printable(text: string): string {
  return text.replace(unprintable, (character) => {
    const code = character.charCodeAt(0);
    if (code === 9) return character;
    if (code < 32) return String.fromCharCode(controlPictures + code);
    return code === 127 ? "␡" : "�";
  });
}

/** How many columns of a terminal a printable text fills. */
export function columns(text: string): number {
  let sum = 0;
  for (const character of text) {
    if (/^[\p{Mn}\p{Me}\p{Cf}]$/u.test(character)) continue;
    sum += eastAsianWidth(character.codePointAt(0)!);
  }
  return sum;
}
