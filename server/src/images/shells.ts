/** Images whose configuration names a shell, as `SHELL` does. */
const withShell =
  /^(?:(?:docker\.io\/)?(?:cimg|jupyter)\/|quay\.io\/jupyter\/|(?:docker\.io\/)?mambaorg\/micromamba$|ghcr\.io\/(?:hassio-addons\/|home-assistant\/.*-base)|mcr\.microsoft\.com\/dotnet\/framework\/)/;

/** Whether an image is known to bring a shell of its own along. */
export function bringsShell({ folder, name }: { readonly folder: string; readonly name: string }): boolean {
  return withShell.test(folder + name);
}
