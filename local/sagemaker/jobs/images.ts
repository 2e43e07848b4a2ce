import { type Images, ImagesUnreadable } from '../containers/images.ts';
import { JobFailed } from './job-failed.ts';

/** The Python that a job's image stands for. @throws JobFailed in the words of the service */
export function requirePython(images: Images, image: string | undefined): string {
  try {
    const python = image === undefined ? undefined : images.pythonOf(image);
    if (python !== undefined) return python;
    throw new JobFailed(
      `ClientError: Cannot find requested image: ${image ?? 'none'}. Please check whether the image exists: images of ${images.repositories().join(', ')} run here.`,
    );
  } catch (error) {
    if (error instanceof ImagesUnreadable) throw new JobFailed(`ClientError: ${error.message}`, { cause: error });
    throw error;
  }
}
