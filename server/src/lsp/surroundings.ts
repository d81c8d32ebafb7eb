import {
  alone,
  type Files,
  foldersToSearch,
  isNeighbour,
  neighbourReader,
  type Neighbours,
  sameNeighbours,
} from "../service.ts";
import { foldersUpTo, innermost, type Place, placeOf } from "./uris.ts";

/** What is known of the files beside the open documents. It is read in the background; until then a document is alone. */
export interface Surroundings {
  readonly of: (uri: string) => Neighbours;
  readonly opened: (uri: string) => void;
  readonly closed: (uri: string) => void;
  /** Reads again what these files, created, changed or deleted, have to do with. */
  readonly filesChanged: (uris: readonly string[]) => void;
  /** Reads everything again: for editors that do not tell of changed files, and when folders were opened or closed. */
  readonly readAgain: () => void;
}

interface Known {
  readonly place: Place;
  neighbours: Neighbours;
  isReading: boolean;
  /** How often there was a reason to read. */
  reasons: number;
}

/**
 * @param projects the folders that are open
 * @param onChange is called when more, or other, is known of the files beside a document than before
 */
export function followSurroundings(
  files: Files,
  projects: () => readonly { readonly uri: string }[],
  onChange: (uri: string) => void,
  onError: (error: unknown) => void,
): Surroundings {
  const reader = neighbourReader(files);
  const documents = new Map<string, Known>();

  const foldersOf = ({ folder }: Place): readonly string[] => foldersUpTo(folder, innermost(projects(), folder)?.uri);

  const read = async (uri: string, known: Known): Promise<void> => {
    known.reasons++;
    if (known.isReading) return;
    known.isReading = true;
    try {
      // What changes while it is read is read again.
      for (let served = 0; served < known.reasons && documents.get(uri) === known;) {
        served = known.reasons;
        const found = await reader.read(known.place.name, foldersOf(known.place));
        if (served < known.reasons || documents.get(uri) !== known || sameNeighbours(found, known.neighbours)) continue;
        known.neighbours = found;
        onChange(uri);
      }
    } catch (error) {
      onError(error);
    } finally {
      known.isReading = false;
    }
  };

  return {
    of: (uri) => documents.get(uri)?.neighbours ?? alone,
    opened: (uri) => {
      const place = placeOf(uri);
      if (!place) return;
      const known: Known = { place, neighbours: alone, isReading: false, reasons: 0 };
      documents.set(uri, known);
      void read(uri, known);
    },
    closed: (uri) => {
      documents.delete(uri);
      const needed = new Set([...documents.values()].flatMap(({ place }) => foldersToSearch(foldersOf(place))));
      reader.forget((folder) => !needed.has(folder));
    },
    filesChanged: (uris) => {
      const places = uris.map(placeOf).filter((place) => place !== null);
      const changed = new Set(places.filter(({ name }) => isNeighbour(name)).map(({ folder }) => folder));
      if (changed.size === 0) return;
      reader.forget((folder) => changed.has(folder));
      for (const [uri, known] of documents)
        if (foldersToSearch(foldersOf(known.place)).some((folder) => changed.has(folder))) void read(uri, known);
    },
    readAgain: () => {
      reader.forget(() => true);
      for (const [uri, known] of documents) void read(uri, known);
    },
  };
}
