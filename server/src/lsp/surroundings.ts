import {
  alone,
  type Files,
  type FoundBuild,
  foldersToSearch,
  isInProject,
  isNeighbour,
  neighbourReader,
  type Neighbours,
  sameNeighbours,
} from "../service.ts";
import { foldersUpTo, innermost, type Place, placeOf } from "./uris.ts";

/** What is known of the files beside the open documents. It is read in the background; until then a document is alone. */
export interface Surroundings {
  readonly of: (uri: string) => Neighbours;
  /** Resolves when all that is to be read is read: for answers that are worth the wait. */
  readonly known: (uri: string) => Promise<void>;
  readonly opened: (uri: string) => void;
  readonly closed: (uri: string) => void;
  /** Reads again what these files, created, changed or deleted, have to do with. */
  readonly filesChanged: (uris: readonly string[]) => void;
  /** Reads everything again: for editors that do not tell of changed files, and when folders were opened or closed. */
  readonly readAgain: () => void;
  /** Other files mention other builds than before. */
  readonly buildsChanged: () => void;
}

interface Known {
  readonly place: Place;
  neighbours: Neighbours;
  /** `null` while nothing is read. */
  reading: Promise<void> | null;
  /** How often there was a reason to read. */
  reasons: number;
}

/**
 * @param projects the folders that are open
 * @param buildsOf the builds of a document that other files mention; the same array until they change
 * @param onChange is called when more, or other, is known of the files beside a document than before
 */
export function followSurroundings(
  files: Files,
  projects: () => readonly { readonly uri: string }[],
  buildsOf: (uri: string) => readonly FoundBuild[],
  onChange: (uri: string) => void,
  onError: (error: unknown) => void,
): Surroundings {
  const reader = neighbourReader(files);
  const documents = new Map<string, Known>();

  const foldersOf = ({ folder }: Place): readonly string[] => foldersUpTo(folder, innermost(projects(), folder)?.uri);

  const isSearched = ({ place }: Known, folder: string): boolean =>
    isInProject(folder, place.folder) || foldersToSearch(foldersOf(place)).includes(folder);

  const read = (uri: string, known: Known): void => {
    known.reasons++;
    known.reading ??= readAll(uri, known).finally(() => {
      known.reading = null;
    });
  };

  const readAll = async (uri: string, known: Known): Promise<void> => {
    const { place } = known;
    try {
      // What changes while it is read is read again.
      for (let served = 0; served < known.reasons && documents.get(uri) === known;) {
        served = known.reasons;
        const learn = (found: Neighbours): void => {
          if (served < known.reasons || documents.get(uri) !== known || sameNeighbours(found, known.neighbours)) return;
          known.neighbours = found;
          onChange(uri);
        };
        // Rules that need little of it do not wait for the files of the project.
        const found = await reader.read(place.name, foldersOf(place));
        learn({ ...found, project: known.neighbours.project, builds: buildsOf(uri) });
        if (served === known.reasons) {
          const project = await reader.project(place.folder);
          learn({ ...found, project, builds: buildsOf(uri) });
        }
      }
    } catch (error) {
      onError(error);
    }
  };

  return {
    of: (uri) => documents.get(uri)?.neighbours ?? alone,
    known: async (uri) => documents.get(uri)?.reading ?? undefined,
    opened: (uri) => {
      const place = placeOf(uri);
      if (!place) return;
      const known: Known = { place, neighbours: { ...alone, builds: buildsOf(uri) }, reading: null, reasons: 0 };
      documents.set(uri, known);
      read(uri, known);
    },
    closed: (uri) => {
      documents.delete(uri);
      const open = [...documents.values()];
      const needed = new Set(open.flatMap(({ place }) => foldersToSearch(foldersOf(place))));
      reader.forget((folder) => !needed.has(folder) && !open.some(({ place }) => isInProject(folder, place.folder)));
    },
    filesChanged: (uris) => {
      const places = uris.map(placeOf).filter((place) => place !== null);
      const changed = new Set(places.filter(({ name }) => isNeighbour(name)).map(({ folder }) => folder));
      if (changed.size === 0) return;
      // A folder that is new is not known to those above it.
      reader.forget((folder) => [...changed].some((each) => each === folder || isInProject(each, folder)));
      for (const [uri, known] of documents) {
        if ([...changed].some((folder) => isSearched(known, folder))) read(uri, known);
      }
    },
    readAgain: () => {
      reader.forget(() => true);
      for (const [uri, known] of documents) read(uri, known);
    },
    buildsChanged: () => {
      for (const [uri, known] of documents) {
        const builds = buildsOf(uri);
        if (builds === known.neighbours.builds || builds.length + known.neighbours.builds.length === 0) continue;
        known.neighbours = { ...known.neighbours, builds };
        onChange(uri);
      }
    },
  };
}
