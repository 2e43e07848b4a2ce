/** Compiles the kernel of the capture reader to WebAssembly, .build/capture-kernel.json: bytes that a bundle can hold. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(root, 'shared', 'domain', 'drift', 'kernel', 'scan-lines.ts');
const target = join(root, '.build', 'capture-kernel.json');
/** The host gives the memory, and nothing in it is the compiler's: no runtime, no heap, no assertions. */
const options = ['-O3', '--runtime', 'stub', '--noAssert', '--importMemory', '--enable', 'simd'];

/** Half a second; nothing where the source and the compiler are those of the last time. */
export async function compileKernel() {
  const sha256 = createHash('sha256').update(`${asc.version}\n${options}\n`).update(readFileSync(source)).digest('hex');
  if (existsSync(target) && JSON.parse(readFileSync(target, 'utf8')).sha256 === sha256) return;
  let wasm;
  const { error, stderr } = await asc.main([relative(root, source), '--outFile', 'kernel.wasm', ...options], {
    baseDir: root,
    readFile: (name, folder) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : null),
    writeFile: (name, contents) => {
      if (name.endsWith('.wasm')) wasm = contents;
    },
  });
  if (error || wasm === undefined) throw new Error(`${relative(root, source)} does not compile.\n${stderr.toString()}`);
  const text = `${JSON.stringify({ sha256, base64: Buffer.from(wasm).toString('base64') }, null, 2)}\n`;
  mkdirSync(dirname(target), { recursive: true });
  const temporary = `${target}.${process.pid}`;
  writeFileSync(temporary, text);
  renameSync(temporary, target);
}
