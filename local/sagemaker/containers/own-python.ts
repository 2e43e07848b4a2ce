import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * A virtual environment of the container's own over the packages of its image: what pip installs in the container stays there, as in a
 * real one, and never reaches the environment that all containers of the image share. Answers the folder of its programs; undefined for a Python whose packages can't be found.
 */
export function layOwnPython(folder: string, python: string): string | undefined {
  const image = readImage(python);
  if (image === undefined) return undefined;
  const programs = join(folder, 'bin');
  const packages = join(folder, 'lib', image.version, 'site-packages');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(programs, { recursive: true });
  mkdirSync(packages, { recursive: true });
  const program = join(programs, 'python3');
  symlinkSync(image.program, program);
  symlinkSync('python3', join(programs, 'python'));
  for (const name of ['pip', 'pip3']) {
    const file = join(programs, name);
    writeFileSync(file, `#!/bin/sh\nexec "${program}" -m pip "$@"\n`);
    chmodSync(file, 0o755);
  }
  writeFileSync(
    join(folder, 'pyvenv.cfg'),
    `home = ${image.home}\ninclude-system-site-packages = ${image.seesSystem}\nversion = ${image.version.slice('python'.length)}\n`,
  );
  // Through `site`, because the image's packages may have .pth files of their own.
  if (image.packages !== undefined)
    writeFileSync(join(packages, 'image.pth'), `import site; site.addsitedir(${JSON.stringify(image.packages)})\n`);
  return programs;
}

type ImagePython = {
  program: string;
  /** `python3.11` */
  version: string;
  /** Where the Python is that virtual environments are made of. */
  home: string;
  seesSystem: boolean;
  /** Packages that are in neither. */
  packages: string | undefined;
};

function readImage(python: string): ImagePython | undefined {
  if (!existsSync(python)) return undefined;
  const prefix = dirname(dirname(python));
  const program = realpathSync(python);
  const versions = versionsBelow(prefix);
  const version = versions.length === 1 ? versions[0] : versions.find((each) => each === basename(program));
  if (version === undefined) return undefined;
  const settings = settingsOf(prefix);
  if (settings === undefined)
    return { program, version, home: dirname(program), seesSystem: true, packages: undefined };
  const packages = join(prefix, 'lib', version, 'site-packages');
  return { program, version, home: settings.home, seesSystem: settings.seesSystem, packages };
}

function versionsBelow(prefix: string): string[] {
  const lib = join(prefix, 'lib');
  if (!existsSync(lib)) return [];
  return readdirSync(lib).filter((name) => /^python3\.\d+$/.test(name) && existsSync(join(lib, name, 'site-packages')));
}

/** Undefined for a Python that is no virtual environment. */
function settingsOf(prefix: string): { home: string; seesSystem: boolean } | undefined {
  const file = join(prefix, 'pyvenv.cfg');
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, 'utf8');
  const home = /^home\s*=\s*(.+)$/m.exec(text)?.[1]?.trim();
  if (home === undefined) return undefined;
  return { home, seesSystem: /^include-system-site-packages\s*=\s*true\s*$/im.test(text) };
}
