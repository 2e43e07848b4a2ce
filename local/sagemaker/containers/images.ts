import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import * as z from 'zod';
import type { Configuration } from '../configuration.ts';

/** The images of the laptop's user: a repository's name to the path of a Python. */
const OwnImages = z.record(z.string(), z.string());

/** The user's images can't be read, or lead to no Python; the message says where they stand and what they look like. */
export class ImagesUnreadable extends Error {
  override readonly name = 'ImagesUnreadable';
}

/**
 * Which Python stands in for an image. Images are matched by repository name, whatever account, region and tag. More of them stand
 * in STATE_DIR/images.json (read at each start of a container) or in LOCAL_SAGEMAKER_IMAGES.
 */
export class Images {
  readonly #file: string;
  readonly #own: z.infer<typeof OwnImages>;

  constructor({ stateFolder, python, images }: Pick<Configuration, 'stateFolder' | 'python' | 'images'>) {
    this.#file = join(stateFolder, 'images.json');
    const own = images === undefined ? {} : parseImages(images, 'LOCAL_SAGEMAKER_IMAGES');
    // The environment of jobs has numpy, pandas, scikit-learn and joblib; what it was made from is the plain Python.
    this.#own = { 'sagemaker-scikit-learn': python, python: plainPython(python), ...own };
  }

  /** The path of the Python, undefined for an unknown image. @throws ImagesUnreadable */
  pythonOf(image: string): string | undefined {
    const images = this.#all();
    const repository = repositoryOf(image);
    const python = Object.hasOwn(images, repository) ? images[repository] : undefined;
    if (python !== undefined && !existsSync(python))
      throw new ImagesUnreadable(`The image ${image} is to run with ${python}, which does not exist.`);
    return python;
  }

  /** The names of the repositories that are known. @throws ImagesUnreadable */
  repositories(): string[] {
    return Object.keys(this.#all());
  }

  #all(): z.infer<typeof OwnImages> {
    let text: string;
    try {
      text = readFileSync(this.#file, 'utf8');
    } catch {
      return this.#own; // No file, no more images.
    }
    return { ...this.#own, ...parseImages(text, this.#file) };
  }
}

/** The last part of the repository: `…/sagemaker-scikit-learn:1.4-2-cpu-py3` gives `sagemaker-scikit-learn`. */
export function repositoryOf(image: string): string {
  const path = image.split('@')[0] ?? '';
  const last = path.slice(path.lastIndexOf('/') + 1);
  return last.split(':')[0] ?? '';
}

function plainPython(python: string): string {
  try {
    return realpathSync(python);
  } catch {
    return python; // It is missing when the first container needs it, and said to be then.
  }
}

function parseImages(text: string, source: string): z.infer<typeof OwnImages> {
  try {
    const images = OwnImages.parse(JSON.parse(text));
    if (Object.values(images).every((path) => isAbsolute(path))) return images;
  } catch (error) {
    throw unreadable(source, error);
  }
  throw unreadable(source, undefined);
}

function unreadable(source: string, cause: unknown): ImagesUnreadable {
  return new ImagesUnreadable(
    `${source} must be a JSON object such as {"my-training-image": "/home/me/envs/torch/bin/python3"}: repositories with the absolute path of the Python that stands in for their images.`,
    { cause },
  );
}
