// A front for the editor's server, for tests in the browser's extension host: it serves folders under the same origin as
// the workbench, and names the extension and the tests in the workbench's configuration. A web extension must come over
// http, and an answer made up inside the browser would not do: the workbench's WebSocket would then fail.
import { createReadStream, statSync } from "node:fs";
import http from "node:http";
import net, { type AddressInfo } from "node:net";
import path from "node:path";

export interface Front {
  readonly port: number;
  close(): void;
}

interface Served {
  /** The editor's own port. */
  readonly port: number;
  /** The folder of the extension. */
  readonly extension: string;
  /** The test module, without `.js`, in the folder of the extension that it belongs to. */
  readonly tests: string;
}

const types: Readonly<Record<string, string>> = {
  ".css": "text/css",
  ".js": "text/javascript",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
};

export async function startFront({ port, extension, tests }: Served): Promise<Front> {
  const folders = new Map([
    ["/__extension/", extension],
    ["/__tests/", path.dirname(tests)],
  ]);
  const server = http.createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    for (const [prefix, folder] of folders) {
      if (pathname.startsWith(prefix)) {
        sendFile(path.join(folder, path.normalize(decodeURIComponent(pathname.slice(prefix.length - 1)))), response);
        return;
      }
    }
    const headers = { ...request.headers };
    if (pathname === "/") delete headers["accept-encoding"];
    const upstream = http.request(
      { host: "127.0.0.1", port, method: request.method, path: request.url, headers },
      (answer) => {
        if (pathname !== "/" || answer.statusCode !== 200) {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
          return;
        }
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("end", () => {
          const html = configure(Buffer.concat(chunks).toString(), request.headers.host ?? "", path.basename(tests));
          const { "content-length": _, "transfer-encoding": __, etag: ___, ...kept } = answer.headers;
          response.writeHead(html === undefined ? 500 : 200, kept);
          response.end(html ?? "The workbench's configuration was not found in its page.");
        });
      },
    );
    upstream.on("error", () => response.destroy());
    request.pipe(upstream);
  });
  server.on("upgrade", (request, socket, head) => {
    const upstream = net.connect(port, "127.0.0.1", () => {
      const headers: string[] = [];
      for (let i = 0; i < request.rawHeaders.length; i += 2) {
        headers.push(`${request.rawHeaders[i]}: ${request.rawHeaders[i + 1]}`);
      }
      upstream.write(`${request.method} ${request.url} HTTP/1.1\r\n${headers.join("\r\n")}\r\n\r\n`);
      upstream.write(head);
      socket.pipe(upstream).pipe(socket);
    });
    upstream.on("error", () => socket.destroy());
    socket.on("error", () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function sendFile(file: string, response: http.ServerResponse): void {
  const headers = { "access-control-allow-origin": "*" };
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
    response.writeHead(404, headers).end();
    return;
  }
  response.writeHead(200, { ...headers, "content-type": types[path.extname(file)] ?? "application/octet-stream" });
  createReadStream(file).pipe(response);
}

/** The workbench's page with the extension and the tests in its configuration, which is JSON in an attribute. */
function configure(html: string, authority: string, tests: string): string | undefined {
  const attribute = /(id="vscode-workbench-web-configuration" data-settings=")([^"]*)"/;
  const json = attribute.exec(html)?.[2];
  if (json === undefined) return undefined;
  const configuration = JSON.parse(json.replaceAll("&quot;", '"').replaceAll("&amp;", "&")) as Record<string, object>;
  configuration["developmentOptions"] = {
    ...configuration["developmentOptions"],
    extensions: [
      { scheme: "http", authority, path: "/__extension" },
      { scheme: "http", authority, path: "/__tests" },
    ],
    extensionTestsPath: { scheme: "http", authority, path: `/__tests/${tests}` },
  };
  const written = JSON.stringify(configuration).replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  return html.replace(attribute, (_match, before: string) => `${before}${written}"`);
}
