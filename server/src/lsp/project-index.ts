import {
  Analysis,
  BuildIndex,
  type DockerfileOutline,
  dockerfileOutline,
  findFiles,
  type Files,
  type FoundBuild,
  type HclReader,
  isDockerfilePath,
  isForeign,
  isHcl,
  isOfInterest,
  keepFiles,
  type Located,
  mayMentionBuilds,
  type MentioningFile,
  type Search,
} from "../service.ts";
import { innermost, pathIn, placeOf, withoutSlash } from "./uris.ts";

/** What the files of the projects say about builds, and the Dockerfiles that are there. Read in the background. */
export interface ProjectIndex {
  /** The builds of a Dockerfile that other files mention; the same array until one of them changes. */
  readonly buildsOf: (uri: string) => readonly FoundBuild[];
  /** Resolves when nothing is left to be read of the project that a file lies in. */
  readonly known: (uri: string) => Promise<void>;
  /** The builds that a file mentions, as it was read last; `null` where it mentions none. */
  readonly inFile: (uri: string) => FileMentions | null;
  /** All files that mention builds. */
  readonly mentioning: () => readonly FileMentions[];
  /** The Dockerfiles of all projects, open or not. */
  readonly dockerfiles: () => readonly IndexedDockerfile[];
  /** The address of a Dockerfile that a file of a project mentions. */
  readonly uriOf: (file: MentioningFile, dockerfile: string) => string | null;
  /** A Dockerfile that a file of a project mentions; `null` where it is not there. */
  readonly dockerfile: (file: MentioningFile, path: string) => IndexedDockerfile | null;
  /** A document was opened or changed; the first Dockerfile makes the project be read. */
  readonly changed: (uri: string) => void;
  readonly closed: (uri: string) => void;
  /** Files were created, changed or deleted. */
  readonly filesChanged: (uris: readonly string[]) => void;
  /** Folders were moved or deleted, or folders of the editor opened or closed, or nothing is known of what changed. */
  readonly readAgain: () => void;
}

export interface FileMentions {
  readonly file: MentioningFile;
  readonly builds: readonly Located[];
}

/** A Dockerfile of a project, open or not. */
export interface IndexedDockerfile {
  readonly uri: string;
  /** From the project's folder. */
  readonly path: string;
  readonly text: string;
  readonly outline: DockerfileOutline;
}

interface Needs {
  readonly files: Files;
  /** The folders that are open. */
  readonly projects: () => readonly { readonly uri: string }[];
  /** Searches with the editor; `null` where it cannot. */
  readonly search: (folder: string) => Promise<readonly string[] | null>;
  /** The text of a document as it is in its editor; `null` where it is not open. */
  readonly openText: (uri: string) => string | null;
  /** The analysis of a Dockerfile as it is in its editor; `null` where it is not open. */
  readonly openAnalysis: (uri: string) => Analysis | null;
  readonly hcl: () => Promise<HclReader | null>;
  /** Runs a function soon, behind what has already arrived. */
  readonly schedule: (run: () => void) => void;
  readonly progress: () => Progress;
  /** Something of what is known of a project changed. */
  readonly onChange: () => void;
  readonly onError: (error: unknown) => void;
}

/** What the user sees of work that takes long. */
export interface Progress {
  readonly report: (done: number, all: number) => void;
  readonly isCancelled: () => boolean;
  readonly end: () => void;
}

/** So many files are read at a time. */
const atOnce = 16;
/** So many characters are worked on before what has arrived from the editor has its turn; a file counts as some, too. */
const portion = 10_000;
const ofEachFile = 2000;

interface Project {
  readonly uri: string;
  readonly index: BuildIndex;
  readonly dockerfiles: Map<string, IndexedDockerfile>;
  /** The address of each file that was found, by its path. */
  readonly uris: Map<string, string>;
  /** The addresses of documents that are open. */
  readonly open: Map<string, string>;
  /** Dockerfiles that are mentioned and were not there when the files were looked for. */
  readonly missing: Set<string>;
  /** The paths of files to read. */
  readonly waiting: Set<string>;
  /** Whether the files are to be looked for, and whether those that are known are to be read again, too. */
  toFind: "nothing" | "new" | "all";
  /** `null` while there is nothing to do. */
  work: Promise<void> | null;
  /** Whether other builds, or other stages, are known than those that were told of. */
  isNews: boolean;
}

export function indexProjects(needs: Needs): ProjectIndex {
  const { files, projects, search, openText, schedule, onChange, onError } = needs;
  const known = new Map<string, Project>();
  const pause = (): Promise<void> =>
    new Promise((resolve) => {
      schedule(resolve);
    });

  /** The project of a file and its path there; `null` for what lies in none. */
  const locate = (uri: string): { readonly folder: string; readonly path: string } | null => {
    const folder = innermost(projects(), uri)?.uri;
    const path = folder === undefined ? null : pathIn(folder, uri);
    return folder === undefined || path === null ? null : { folder, path };
  };
  const find = (uri: string): { readonly project: Project; readonly path: string } | null => {
    const place = locate(uri);
    const project = place && known.get(place.folder);
    return project ? { project, path: place.path } : null;
  };
  const uriIn = ({ uri, uris, open }: Project, path: string): string =>
    open.get(path) ?? uris.get(path) ?? `${uri}/${path.split("/").map(encodeURIComponent).join("/")}`;

  const work = (project: Project): void => {
    project.work ??= workOff(project)
      .catch(onError)
      .finally(() => {
        project.work = null;
        if (project.isNews && known.get(project.uri) === project) {
          project.isNews = false;
          onChange();
        }
        if (project.toFind !== "nothing" || project.waiting.size > 0) work(project);
      });
  };

  const workOff = async (project: Project): Promise<void> => {
    const progress = needs.progress();
    const isCancelled = (): boolean => progress.isCancelled() || known.get(project.uri) !== project;
    try {
      // What the editor has sent already comes first.
      await pause();
      let done = 0;
      while (!isCancelled() && (project.toFind !== "nothing" || project.waiting.size > 0)) {
        if (project.toFind !== "nothing") await findAll(project, isCancelled);
        let worked = 0;
        while (project.waiting.size > 0 && !isCancelled()) {
          const batch = [...take(project.waiting, atOnce)];
          const texts = await Promise.all(batch.map((path) => read(project, path)));
          for (const [i, path] of batch.entries()) {
            const text = texts[i] ?? null;
            await learn(project, path, text);
            worked += ofEachFile + (text?.length ?? 0);
            if (worked < portion) continue;
            worked = 0;
            await pause();
          }
          done += batch.length;
          progress.report(done, done + project.waiting.size);
        }
        // Dockerfiles with names of their own are known by those who mention them.
        for (const path of project.index.candidates()) {
          if (project.uris.has(path) || project.missing.has(path) || isDockerfilePath(path)) continue;
          const text = await read(project, path);
          if (text === null) project.missing.add(path);
          else {
            project.uris.set(path, uriIn(project, path));
            await learn(project, path, text);
          }
        }
      }
      if (progress.isCancelled()) {
        project.waiting.clear();
        project.toFind = "nothing";
      }
    } finally {
      progress.end();
    }
  };

  const findAll = async (project: Project, isCancelled: () => boolean): Promise<void> => {
    const { uri: root } = project;
    const isAll = project.toFind === "all";
    project.toFind = "nothing";
    project.missing.clear();
    const folder = (path: string): string =>
      path === "" ? root : `${root}/${path.split("/").map(encodeURIComponent).join("/")}`;
    const how: Search = { files, folder, isCancelled };
    const uris = new Map<string, string>();
    for (const uri of (await search(root)) ?? []) {
      const place = locate(uri);
      if (place?.folder === root) uris.set(place.path, uri);
    }
    const paths = uris.size > 0 ? await keepFiles(how, [...uris.keys()]) : await findFiles(how);
    if (isCancelled()) return;
    const found = new Set(paths);
    for (const path of [...project.uris.keys()]) {
      if (!found.has(path) && !project.open.has(path)) {
        if (isOfInterest(path)) forget(project, path);
        else project.waiting.add(path);
      }
    }
    for (const path of found) {
      if (isAll || !project.uris.has(path)) project.waiting.add(path);
      project.uris.set(path, uris.get(path) ?? folder(path));
    }
  };

  const read = async (project: Project, path: string): Promise<string | null> => {
    const uri = uriIn(project, path);
    const open = openText(uri);
    if (open !== null) return open;
    const place = placeOf(uri);
    return place && files.read(place.folder, place.name);
  };

  const learn = async (project: Project, path: string, text: string | null): Promise<void> => {
    if (text === null) {
      forget(project, path);
      return;
    }
    const uri = uriIn(project, path);
    if (!mayMentionBuilds(path)) {
      const before = project.dockerfiles.get(path);
      if (before?.text !== text || before.uri !== uri) {
        const outline = dockerfileOutline(needs.openAnalysis(uri) ?? new Analysis(text));
        project.dockerfiles.set(path, { uri, path, text, outline });
        if (!before || before.uri !== uri || !haveSameNames(before.outline, outline)) project.isNews = true;
      }
      project.index.setDockerfile(path, true);
    } else if (project.index.set(path, uri, text, isHcl(path) ? await needs.hcl() : null)) project.isNews = true;
  };

  const forget = (project: Project, path: string): void => {
    project.uris.delete(path);
    project.index.setDockerfile(path, false);
    if (project.index.delete(path)) project.isNews = true;
    if (project.dockerfiles.delete(path)) project.isNews = true;
  };

  const begin = (folder: string): Project => {
    let project = known.get(folder);
    if (!project) {
      project = {
        uri: folder,
        index: new BuildIndex(),
        dockerfiles: new Map(),
        uris: new Map(),
        open: new Map(),
        missing: new Set(),
        waiting: new Set(),
        toFind: "new",
        work: null,
        isNews: false,
      };
      known.set(folder, project);
    }
    return project;
  };

  const mentionsIn = (project: Project, path: string): FileMentions | null => {
    const file = project.index.file(path);
    return file && { file, builds: project.index.inFile(path) };
  };

  return {
    buildsOf: (uri) => {
      const place = find(uri);
      return place ? place.project.index.of(place.path) : [];
    },
    known: async (uri) => {
      for (;;) {
        const waiting = find(uri)?.project.work;
        if (!waiting) return;
        await waiting;
      }
    },
    inFile: (uri) => {
      const place = find(uri);
      return place && mentionsIn(place.project, place.path);
    },
    mentioning: () =>
      [...known.values()].flatMap((project) =>
        project.index.paths().flatMap((path) => mentionsIn(project, path) ?? []),
      ),
    dockerfiles: () => [...known.values()].flatMap(({ dockerfiles }) => [...dockerfiles.values()]),
    uriOf: (file, dockerfile) => {
      const place = find(file.uri);
      return place ? uriIn(place.project, dockerfile) : null;
    },
    dockerfile: (file, path) => find(file.uri)?.project.dockerfiles.get(path) ?? null,
    changed: (uri) => {
      const place = locate(uri);
      if (!place || isForeign(place.path)) return;
      const isMention = mayMentionBuilds(place.path);
      // Until there is a Dockerfile, nobody asks for builds.
      const project = isMention ? known.get(place.folder) : begin(place.folder);
      if (!project) return;
      project.open.set(place.path, uri);
      project.waiting.add(place.path);
      work(project);
    },
    closed: (uri) => {
      const place = find(uri);
      if (!place?.project.open.delete(place.path)) return;
      place.project.waiting.add(place.path);
      work(place.project);
    },
    filesChanged: (uris) => {
      for (const uri of uris) {
        const place = find(uri);
        if (!place || isForeign(place.path)) continue;
        const { project, path } = place;
        if (path.endsWith(".gitignore")) project.toFind = "new";
        else if (project.uris.has(path)) project.waiting.add(path);
        // Whether a file that is new is left out only a search tells.
        else if (isOfInterest(path)) project.toFind = "new";
        else continue;
        work(project);
      }
    },
    readAgain: () => {
      const open = new Set(projects().map((project) => withoutSlash(project.uri)));
      for (const [folder, project] of known) {
        if (open.has(folder)) {
          project.toFind = "all";
          work(project);
        } else {
          known.delete(folder);
          onChange();
        }
      }
    },
  };
}

function haveSameNames(a: DockerfileOutline, b: DockerfileOutline): boolean {
  return (
    a.areAll === b.areAll &&
    a.stages.length === b.stages.length &&
    a.stages.every(({ name }, i) => name === b.stages[i]!.name)
  );
}

function* take<T>(from: Set<T>, most: number): Generator<T> {
  let taken = 0;
  for (const item of from) {
    if (taken++ === most) return;
    from.delete(item);
    yield item;
  }
}
