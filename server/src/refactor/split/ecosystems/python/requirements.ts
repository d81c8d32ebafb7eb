import { resolvePath } from "../../../../text/paths.ts";
import type { Facts } from "../../facts.ts";
import type { Install } from "./installs.ts";

/** Packages that load the library for threads that compilers bring. */
const openMp =
  /^(?:lightgbm|xgboost|scikit-learn|catboost|implicit|fasttext|faiss(?:-cpu|-gpu)?|hdbscan|annoy|nmslib|spacy|treelite|openmm|dlib|llama-cpp-python|torch|prophet)$/;

/** Packages that are compiled against libraries of the system, or look for them when they start. */
const withLibraries =
  /^(?:psycopg2|psycopg|mysqlclient|mysql-python|pyodbc|python-ldap|xmlsec|python3-saml|pygraphviz|pycairo|pygobject|weasyprint|cairosvg|cairocffi|python-magic|pyaudio|uwsgi|gdal|fiona|rasterio|pymssql|pycurl|opencv-python|opencv-contrib-python|wand|pdf2image|pytesseract|python-snappy|pylibmc|m2crypto|dbus-python|pysqlcipher3|soundfile|librosa|zbar|pyzbar|ldap3-gssapi|gssapi|kerberos|rpy2|jpype1)$/;

/** Packages that compile code when they run. */
const compiling =
  /^(?:theano|theano-pymc|aesara|pytensor|pymc3?|brian2|deepspeed|triton|vllm|pystan|pythran|cppyy|pycuda|cupy[\w-]*|pyopencl|xformers)$/;

/** Packages that keep files beside `site-packages`. */
const withData = /^(?:jupyter[\w-]*|notebook|nbconvert|nbclassic|voila|papermill|ipywidgets|jupyterlab[\w-]*)$/;

/** What is asked for by name; `isWhole` where that is all there is. */
interface Required {
  readonly names: ReadonlySet<string>;
  readonly isWhole: boolean;
}

function readRequired({ project }: Facts, installs: readonly Install[]): Required {
  const names = new Set<string>();
  let isWhole = true;
  for (const { wanted, python, call } of installs) {
    for (const name of wanted.names) {
      if (/[/:$]/.test(name)) isWhole = false;
      else names.add(name);
    }
    const files = [
      ...wanted.files,
      ...wanted.directories.map(() => "pyproject.toml"),
      ...(python.manager === "pip" ? [] : ["pyproject.toml"]),
    ];
    for (const file of files) {
      const text = call.cwd === null ? undefined : project.get(resolvePath(call.cwd, file));
      if (text === undefined) isWhole = false;
      else for (const name of namesIn(text)) names.add(name);
    }
  }
  return { names, isWhole };
}

/** Names at the beginning of lines, or of the strings in lists of a TOML file. */
function namesIn(text: string): string[] {
  return text
    .split("\n")
    .flatMap((line) => [...line.matchAll(/(?:^|["'])\s*([A-Za-z][\w.-]*)(\[[\w, -]*binary)?/g)])
    .map(([, name, binary]) => name!.toLowerCase().replaceAll("_", "-") + (binary === undefined ? "" : "-binary"));
}

/** Whether compiled packages may load the library for threads that comes with a compiler. */
export function loadsOpenMp(facts: Facts, installs: readonly Install[]): boolean {
  const { names, isWhole } = readRequired(facts, installs);
  return !isWhole || [...names].some((name) => openMp.test(name));
}

/** The packages that may call a compiler when they run. */
export function needsCompiler(facts: Facts, installs: readonly Install[]): string[] {
  return [...readRequired(facts, installs).names].filter((name) => compiling.test(name));
}

/** The packages that need libraries of the system. */
export function needsLibraries(facts: Facts, installs: readonly Install[]): string[] {
  return [...readRequired(facts, installs).names].filter((name) => withLibraries.test(name));
}

/** Packages of headers in the whole image of Python, by the packages that load their libraries. */
const headers: Readonly<Record<string, string>> = {
  psycopg2: "libpq-dev",
  psycopg: "libpq-dev",
  mysqlclient: "default-libmysqlclient-dev",
  pycurl: "libcurl4-openssl-dev",
  gssapi: "libkrb5-dev",
};

/** The headers of the whole image whose libraries packages load. */
export function headersOf(names: readonly string[]): string[] {
  return [...new Set(names.flatMap((name) => (Object.hasOwn(headers, name) ? [headers[name]!] : [])))];
}

/** Whether packages keep files where others do not. */
export function usesDataFiles(facts: Facts, installs: readonly Install[]): boolean {
  return [...readRequired(facts, installs).names].some((name) => withData.test(name));
}
