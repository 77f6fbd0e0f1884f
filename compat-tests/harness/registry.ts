import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';

/** The lock file's entry of a package. */
interface Locked {
  readonly version: string;
  readonly dev?: true;
}

/** A version of a package: where it is, and what a registry says of it. */
interface Version {
  readonly path: string;
  readonly manifest: { readonly name: string; readonly version: string };
}

const PATH = 'node_modules/';
const tar = promisify(execFile);

/** A private registry that has what is installed here: packages can be installed from it without a network. */
export class Registry {
  readonly #server: Server;
  readonly #packages = new Map<string, Version[]>();

  private constructor() {
    this.#server = createServer((request, response) => void this.#answer(request.url ?? '', response));
    const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
      packages: Record<string, Locked>;
    };
    for (const [path, locked] of Object.entries(packages))
      if (path !== '' && !locked.dev) this.#add(path, locked);
  }

  static async start(): Promise<Registry> {
    const registry = new Registry();
    registry.#server.listen(0, '127.0.0.1');
    await once(registry.#server, 'listening');
    return registry;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** A package for other systems is not installed; its entry in the lock tells npm so. */
  #add(path: string, locked: Locked): void {
    const name = path.slice(path.lastIndexOf(PATH) + PATH.length);
    const manifest = existsSync(path)
      ? JSON.parse(readFileSync(`${path}/package.json`, 'utf8'))
      : { ...locked, name };
    this.#packages.set(name, [...(this.#packages.get(name) ?? []), { path, manifest }]);
  }

  async #answer(url: string, response: ServerResponse): Promise<void> {
    const [name = '', version] = decodeURIComponent(url.slice(1)).split('/-/');
    const versions = this.#packages.get(name) ?? [];
    if (versions.length === 0) response.writeHead(404).end('{}');
    else if (version === undefined) response.end(JSON.stringify(this.#describe(name, versions)));
    else response.end(await pack(versions.find(({ manifest }) => manifest.version === version)?.path ?? ''));
  }

  #describe(name: string, versions: readonly Version[]): object {
    const described = versions.map(({ manifest }) => [
      manifest.version,
      { ...manifest, dist: { tarball: `${this.url}/${name}/-/${manifest.version}` } },
    ]);
    return { name, 'dist-tags': { latest: described[0]?.[0] }, versions: Object.fromEntries(described) };
  }
}

/** A folder as the archive that a registry has. */
async function pack(path: string): Promise<Buffer> {
  const what = ['--exclude=./node_modules', '--transform=s,^\\.,package,', '-C', path, '.'];
  const { stdout } = await tar('tar', ['-cz', ...what], { encoding: 'buffer', maxBuffer: 1 << 28 });
  return stdout;
}
